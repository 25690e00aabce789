// What stands beside the weights in a model's folder: the vocabulary and the lists of tokens and
// heads that the weights file itself does not hold (CTranslate2, Hugging Face). Native only,
// since these files are JSON.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/status.h"
#include "io/model_file.h"

namespace sotto {

// Byte strings by token id, as ModelHeader::vocabulary has them, from the first of these that is
// there: tokenizer.json (Hugging Face tokenizers), vocabulary.json (CTranslate2), vocabulary.txt
// (CTranslate2, older), vocab.json (Hugging Face transformers), the one *.tiktoken file
// (openai-whisper). Io where there is none or it cannot be read, BadFormat where its content is
// not of its form, InvalidArgument where several *.tiktoken files leave a choice.
Result<std::vector<std::string>> read_vocabulary(const std::filesystem::path& model_dir);

// Parts of ModelHeader; empty where no file tells.
struct ModelExtras {
  std::vector<AlignmentHead> alignment_heads;
  std::vector<int> suppressed_tokens;
  std::vector<int> suppressed_at_begin;
};

// From CTranslate2's config.json (alignment_heads, suppress_ids, suppress_ids_begin), then from
// Hugging Face's generation_config.json and config.json (alignment_heads, suppress_tokens,
// begin_suppress_tokens), each list from the first file that has it. BadFormat, naming file and
// key, where a list is not one of ids or of [layer, head] pairs. No file is no error.
Result<ModelExtras> read_model_lists(const std::filesystem::path& model_dir);

}  // namespace sotto
