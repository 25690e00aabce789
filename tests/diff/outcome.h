// What a case computed, to be held against what another build computed from the same input.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace twins {

struct Outcome {
  std::string name;
  std::vector<float> f32;
  std::vector<int32_t> i32;
};

}  // namespace twins
