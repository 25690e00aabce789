// The lanes of a vector of 16-bit integers.
#pragma once

#include <cstdint>

#include "simd/simd.h"

namespace sotto::test {

// Eight lanes, each by a product that picks it.
struct Words {
  int32_t v[8];
  explicit Words(simd::I16x8 x) {
    const int16_t even[2] = {1, 0}, odd[2] = {0, 1};
    int32_t lanes[4];
    for (int i = 0; i < 2; ++i) {
      simd::store(lanes, simd::dot_pairs(x, simd::splat_pair(i == 0 ? even : odd)));
      for (int j = 0; j < 4; ++j) v[2 * j + i] = lanes[j];
    }
  }
};

}  // namespace sotto::test
