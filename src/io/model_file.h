// A model file, whatever its format: hyperparameters, vocabulary and a table of named tensors.
// The readers (ggml_reader, ct2_reader, sotto_reader) only read headers; tensor data is read when
// the weights are built, tensor by tensor, so no format is ever held whole in memory.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "io/byte_reader.h"
#include "quant/formats.h"

namespace sotto {

// The shape of a Whisper model; names as in openai-whisper's ModelDimensions.
struct Hyperparameters {
  int n_mels = 0;         // mel bins of the input: 80, or 128 since large-v3
  int n_audio_ctx = 0;    // encoder positions of a 30 s window: 1500
  int n_audio_state = 0;  // width of the encoder
  int n_audio_head = 0;
  int n_audio_layer = 0;
  int n_vocab = 0;        // 51864 English-only, 51865 multilingual, 51866 since large-v3
  int n_text_ctx = 0;     // longest token sequence: 448
  int n_text_state = 0;   // width of the decoder, equal to the encoder's
  int n_text_head = 0;
  int n_text_layer = 0;
};

// Refuses shapes that contradict themselves or are of absurd size (each bound is several times
// that of large-v3), before anything is allocated from them.
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

// Where one tensor's data stands. Names are openai-whisper's, such as
// "encoder.blocks.0.attn.query.weight"; dims are outermost first, rows contiguous.
struct TensorEntry {
  std::string name;
  DType dtype = DType::kF32;
  int rank = 0;
  std::array<uint32_t, 4> dims{1, 1, 1, 1};
  uint64_t offset_bytes = 0;
  uint64_t size_bytes = 0;
  // CTranslate2's int8 rows: where the f32 scales stand (one a row, w = q / scale); 0 otherwise.
  uint64_t scale_offset_bytes = 0;
  // XXH64 of the data, in .sotto files.
  uint64_t checksum = 0;
  bool has_checksum = false;

  // The matrix view used by loaders: dims[0] rows of all the other dims' product.
  uint64_t rows() const { return dims[0]; }
  uint64_t cols() const { return uint64_t{dims[1]} * dims[2] * dims[3]; }
};

struct ModelFile {
  ModelHeader header;
  std::vector<TensorEntry> tensors;  // in the order of their offsets

  // nullptr where there is none of that name.
  const TensorEntry* find(const std::string& name) const;
};

// Reads the header of any known format, told apart by its first bytes. BadFormat with the bytes
// found where none fits; every entry is checked to lie inside the file and to have the size that
// its shape and type ask for.
Result<ModelFile> open_model(ByteSource& source);

// Reads rows [first_row, first_row + count) of a tensor as f32: out[count, cols]. For every dtype
// but kQ8Tiles, whose loading is a copy of its bytes.
Status read_rows_f32(ByteSource& source, const TensorEntry& entry, int first_row, int count,
                     float* out);

}  // namespace sotto
