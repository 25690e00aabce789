// Reproducible numbers for tests: the same on every machine and in every variant.
#pragma once

#include <cstdint>
#include <vector>

namespace sotto::test {

// Knuth's MMIX linear congruential generator; the high bits are used.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed * 2 + 1) {}

  uint32_t u32() {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<uint32_t>(state_ >> 32);
  }
  // Uniform in [low, high).
  float uniform(float low, float high) {
    return low + (high - low) * static_cast<float>(u32() >> 8) * 0x1p-24f;
  }
  int below(int n) { return static_cast<int>(u32() % static_cast<uint32_t>(n)); }

  std::vector<float> floats(size_t n, float low = -1.0f, float high = 1.0f) {
    std::vector<float> values(n);
    for (float& value : values) value = uniform(low, high);
    return values;
  }

 private:
  uint64_t state_;
};

}  // namespace sotto::test
