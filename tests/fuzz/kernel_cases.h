// The kernels on inputs that a fuzzer chooses. Compiled once for each backend under a name of its
// own for the namespace, as the cases of tests/diff; only outcomes cross this border.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace fuzzed {

// In which backends the bits of an outcome are the same.
enum class Same {
  kInTwins,     // scalar and wasm128: what depends on how many bits the inner product takes
  kEverywhere,  // and whatever the processor makes of the relaxed inner product
};

struct Outcome {
  const char* what;
  Same same;
  std::vector<float> f32;
  std::vector<int32_t> i32;
};

}  // namespace fuzzed

namespace sotto::fuzz {

using fuzzed::Outcome;
using fuzzed::Same;
using Outcomes = std::vector<Outcome>;
using Floats = std::vector<float>;

// The kernel that the first byte names, with shapes, strides and values from those that follow.
Outcomes run_kernel(const uint8_t* bytes, size_t size);

}  // namespace sotto::fuzz
