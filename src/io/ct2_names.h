// The names of CTranslate2's Whisper variables and openai-whisper's names for the same.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sotto {

// What becomes of one variable: it is cut into `parts.size()` equal stacks of rows, and stack i is
// openai-whisper's tensor parts[i], or nothing where that is empty. No parts: the variable is
// none of the model's tensors.
struct Ct2Mapping {
  std::vector<std::string> parts;
};

// "encoder/layer_0/ffn/linear_0/weight" -> {"encoder.blocks.0.mlp.0.weight"}.
Ct2Mapping map_ct2_name(std::string_view name);

}  // namespace sotto
