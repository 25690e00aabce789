// Where each tensor of a model file goes: the one table that knows openai-whisper's tensor names.
#pragma once

#include <string>
#include <vector>

#include "model/weights.h"

namespace sotto {

// The place of one tensor.
struct WeightSlot {
  enum class Kind {
    kVector,  // rows * cols floats as they come
    kLinear,  // rows of a linear layer from first_row on
    kConv,    // [rows, inputs, taps]
  };
  std::string name;
  Kind kind = Kind::kVector;
  int rows = 0;
  int cols = 0;
  float* vector = nullptr;
  Linear* linear = nullptr;
  int first_row = 0;
  Convolution* convolution = nullptr;
  bool filled = false;
};

// Sets up `weights` for its hp and is_q8: holds what they ask for against the tensors of `file`
// (BadFormat names one that is missing, given twice or of another shape), reserves the arena,
// points every field into it and lists the slots to be filled. Slots point into `weights`, which
// must not move until they are. Of types that `keep` names, those layers of the decoder stay packed
// that see a few rows at a time and whose parts are all of one type in `file`.
Result<std::vector<WeightSlot>> lay_out_weights(Weights& weights, const ModelFile& file,
                                                KeepPacked keep);

}  // namespace sotto
