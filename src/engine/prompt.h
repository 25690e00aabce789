// What the decoder is told at the beginning of every window.
#pragma once

#include "base/status.h"
#include "decode/search.h"
#include "engine.h"
#include "text/tokenizer.h"

namespace sotto {

// [<|startofprev|> previous text] <|startoftranscript|> [language task] [<|notimestamps|>]
//
// Of the previous text the last n_text_ctx / 2 - 1 tokens are kept (openai-whisper, decoding.py,
// DecodingTask._get_initial_tokens). InvalidArgument where the language or task does not fit the
// model.
Result<Prompt> make_prompt(const Tokenizer& tokenizer, const SessionOptions& options,
                           int n_text_ctx);

// The rules of logits that the options ask for.
LogitsRules make_rules(const Tokenizer& tokenizer, const SessionOptions& options,
                       const std::vector<int>& non_speech_tokens);

}  // namespace sotto
