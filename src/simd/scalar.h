// The scalar backend. See simd/simd.h.
#pragma once

#include "simd/scalar_fine_dot.h"

// Behind FineDot, which it is made of.
#include "simd/fast_is_fine.h"

namespace sotto::simd {

inline constexpr const char* kBackendName = "scalar";

inline DotX load_signed_dot_x(const DotInput* p) {
  const auto value = [](DotInput q) { return static_cast<int8_t>(q); };
  return {value(p[0]), value(p[1]), value(p[2]), value(p[3])};
}
using PairSum = I16x8;
inline PairSum pair_zero() { return {}; }
inline PairSum dot_unsigned_w(DotX x, U8x16 w, PairSum sum) {
  for (int o = 0; o < 4; ++o) {
    const uint8_t* p = w.b + 4 * o;
    sum.v[2 * o] = static_cast<int16_t>(sum.v[2 * o] + x.a * p[0] + x.b * p[1]);
    sum.v[2 * o + 1] = static_cast<int16_t>(sum.v[2 * o + 1] + x.c * p[2] + x.d * p[3]);
  }
  return sum;
}
inline I16x8 pair_result(PairSum sum) { return sum; }

}  // namespace sotto::simd
