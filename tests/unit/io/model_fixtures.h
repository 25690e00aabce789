// Whole Whisper models with random weights, of any shape, written to memory in each of the formats
// that the readers read. They say nothing when asked to transcribe, but they load and run.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "io/model_file.h"
#include "io/sotto_writer.h"

namespace sotto::test {

// The smallest shape that validate() accepts with a head of 16: one layer a side, 256 tokens.
Hyperparameters small_shape();

struct ModelRecipe {
  Hyperparameters hp = small_shape();
  // Type of the linear layers' weights: f32, f16, bf16 or ggml's blocks (then n_state is a multiple
  // of 32, or of 256 for K-quants) in ggml; f32, f16, bf16, i8 or i16 in CTranslate2.
  DType linear = DType::kF32;
  // Layers of another type, by the name of their weight (ggml only).
  std::map<std::string, DType> exceptions = {};
  // Type of everything else: f32 or f16.
  DType other = DType::kF32;
  uint64_t seed = 1;
  // Tokens listed in the file; empty for fixture_vocabulary(hp.n_vocab).
  std::vector<std::string> vocabulary;
  // Bins of the mel filters in ggml files: 201 in real ones, fewer to keep tests small.
  int filter_bins = 201;
};

// One tensor as openai-whisper names and shapes it.
struct FixtureTensor {
  std::string name;
  std::vector<uint32_t> dims;  // outermost first
};

// As is_linear_weight of the writer.
inline bool is_linear_weight(const FixtureTensor& tensor) {
  return tensor.dims.size() == 2 && tensor.name.ends_with(".weight");
}

// Every tensor of a model of this shape.
std::vector<FixtureTensor> fixture_tensors(const Hyperparameters& hp);

// The weights of one tensor: layer norms near one, biases small, matrices scaled to keep the
// variance of what goes through them.
std::vector<float> fixture_weights(const ModelRecipe& recipe, const FixtureTensor& tensor);

// All ordinary tokens of a vocabulary of that size: the 256 bytes, then distinct letters "aaa"...
std::vector<std::string> fixture_vocabulary(int n_vocab);

// The bytes of model files.
std::vector<uint8_t> make_ggml(const ModelRecipe& recipe);
std::vector<uint8_t> make_ct2(const ModelRecipe& recipe);
// The same model converted by write_sotto, with this type for its linear layers.
std::vector<uint8_t> make_sotto(const ModelRecipe& recipe, DType linear = DType::kQ8Tiles);

// Bytes that a file of this type holds for these weights, quantised where the type asks for it.
// Scales of CTranslate2's integers are appended to `scales`.
std::vector<uint8_t> encode_weights(const std::vector<float>& weights, uint32_t rows, DType dtype,
                                    std::vector<float>* scales = nullptr);

// A file in memory.
class MemorySink : public ByteSink {
 public:
  Status write_at(uint64_t offset, const void* bytes, size_t size) override;
  std::vector<uint8_t> bytes;
};

}  // namespace sotto::test
