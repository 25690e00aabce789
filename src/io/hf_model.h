// Hugging Face's Whisper models, of the tensors of their safetensors files: transformers'
// WhisperForConditionalGeneration, distil-whisper's with fewer decoder layers among them. The rest
// of a model's folder is read by cli/model_path.
#pragma once

#include <vector>

#include "io/model_file.h"

namespace sotto {

// What shapes do not tell; 0: heads of 64, as every published model has them.
struct HfHeads {
  int encoder = 0;
  int decoder = 0;
};

// Tensors under Hugging Face's names and with offsets of the source that will be read; what Whisper
// does not have is left out. BadFormat where one is missing or gives no shape, Unsupported where
// the keys have a bias, which Whisper's have not.
Result<ModelFile> make_hf_model(const std::vector<TensorEntry>& tensors, HfHeads heads);

}  // namespace sotto
