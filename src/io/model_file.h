// A model file, whatever its format: hyperparameters, vocabulary and a table of named tensors.
// The readers (ggml_reader, ct2_reader, sotto_reader) only read headers; tensor data is read when
// the weights are built, tensor by tensor (tensor_data.h), so no format is ever held whole.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "io/byte_reader.h"
#include "io/tensor_data.h"
#include "quant/formats.h"

namespace sotto {

// The shape of a Whisper model; names as in openai-whisper's ModelDimensions.
struct Hyperparameters {
  int n_mels = 0;         // mel bins of the input: 80, or 128 since large-v3
  int n_audio_ctx = 0;    // encoder positions of a 30 s window: 1500
  int n_audio_state = 0;  // width of the encoder
  int n_audio_head = 0;
  int n_audio_layer = 0;
  int n_vocab = 0;       // 51864 English-only, 51865 multilingual, 51866 since large-v3
  int n_text_ctx = 0;    // longest token sequence: 448
  int n_text_state = 0;  // width of the decoder, equal to the encoder's
  int n_text_head = 0;
  int n_text_layer = 0;
};

// Refuses shapes that contradict themselves or are of absurd size (each bound is several times
// that of large-v3), before anything is allocated from them. Unsupported where the shape is no
// model that the kernels can run: widths and head sizes are multiples of 16.
Status validate(const Hyperparameters& hp);

struct AlignmentHead {
  int layer = 0;
  int head = 0;
};

struct ModelHeader {
  Hyperparameters hp;
  // Byte strings by token id; the ranks of the byte pair encoding are the ids. Special tokens
  // need no entry (they follow from n_vocab, see text/special_tokens.h). Empty where the format
  // holds none (CTranslate2), until somebody supplies it.
  std::vector<std::string> vocabulary;
  // Cross-attention heads that follow the audio, for word times; empty where unknown.
  std::vector<AlignmentHead> alignment_heads;
  // Tokens never to be produced: openai-whisper's non-speech tokens; empty where unknown, then
  // they are derived from the vocabulary.
  std::vector<int> suppressed_tokens;
  std::vector<int> suppressed_at_begin;
};

enum class ModelFormat { kGgml, kCTranslate2, kSotto, kHuggingFace };

// Stable name, such as "ctranslate2".
const char* format_name(ModelFormat format);

struct ModelFile {
  ModelFormat format = ModelFormat::kSotto;
  ModelHeader header;
  // In the order of their offsets. Entries of one CTranslate2 file may share bytes, because it
  // stores equal tensors once.
  std::vector<TensorEntry> tensors;

  // nullptr where there is none of that name.
  const TensorEntry* find(const std::string& name) const;
};

// Reads the header of any known format, told apart by its first bytes. BadFormat with the bytes
// found where none fits; every entry is checked to lie inside the file and to have the size that
// its shape and type ask for.
Result<ModelFile> open_model(ByteSource& source);

}  // namespace sotto
