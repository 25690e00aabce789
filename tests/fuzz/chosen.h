// Numbers for kernels from the bytes of a fuzzer: the same in every backend. Where the bytes end, a
// generator that they seed goes on, so that a short input has large matrices, too.
#pragma once

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "unit/support/random.h"

namespace sotto::fuzz {

class Chosen {
 public:
  Chosen(const uint8_t* bytes, size_t size) : at_(bytes), end_(bytes + size), rest_(seed()) {}

  uint8_t byte() { return at_ < end_ ? *at_++ : static_cast<uint8_t>(rest_.u32() >> 8); }
  bool flag() { return byte() % 2 == 1; }
  // From `low` to `high`, less than 65536 apart.
  int from(int low, int high) {
    int drawn = byte();
    if (high - low > 255) drawn |= byte() << 8;
    return low + drawn % (high - low + 1);
  }
  // Any bits: infinities and what is no number among them.
  float bits() {
    uint32_t word = 0;
    for (int i = 0; i < 4; ++i) word |= uint32_t{byte()} << (8 * i);
    return std::bit_cast<float>(word);
  }
  // Of one scale, which the caller draws for all: common sizes in one byte each.
  float near(float scale) { return static_cast<float>(byte() - 128) * scale; }

  std::vector<float> any(size_t count) {
    std::vector<float> values(count);
    const bool common = flag();
    const float scale = this->scale();
    for (float& value : values) value = common && byte() % 16 != 0 ? near(scale) : bits();
    return values;
  }
  // Numbers up to 2^40 in size: sums of their products stay finite.
  std::vector<float> finite(size_t count) {
    std::vector<float> values(count);
    const bool common = flag();
    const float scale = this->scale();
    for (float& value : values) {
      value = common ? near(scale) : bits();
      if (!(std::fabs(value) <= 0x1p40f)) value = near(scale);
    }
    return values;
  }
  std::vector<uint8_t> some_bytes(size_t count) {
    std::vector<uint8_t> values(count);
    for (uint8_t& value : values) value = byte();
    return values;
  }

 private:
  // A power of two between 2^-70 and 2^20: tiny ones are where divisions overflow.
  float scale() {
    const uint8_t drawn = byte();
    return std::ldexp(1.0f, drawn < 192 ? -(drawn % 16) : drawn % 91 - 70);
  }
  uint64_t seed() const {
    uint64_t seed = 1;
    for (const uint8_t* p = at_; p < end_ && p < at_ + 8; ++p) seed = seed * 257 + *p;
    return seed;
  }

  const uint8_t* at_;
  const uint8_t* end_;
  test::Random rest_;
};

}  // namespace sotto::fuzz
