// The scalar backend. See simd/simd.h.
#pragma once

#include "simd/scalar_fine_dot.h"

namespace sotto::simd {

inline constexpr const char* kBackendName = "scalar";

// Both kinds of activations are the fine ones, as in wasm128.
using DotInput = FineDot::Input;
using DotX = FineDot::X;
using DotW = FineDot::W;
using DotSum = FineDot::Sum;
inline constexpr int kGemmRows = FineDot::kRows;
inline constexpr int kGemmQuads = FineDot::kQuads;
inline DotFlavour dot_flavour() { return DotFlavour::kWide; }
inline void store_dot_x(DotInput* p, const I32x4 x[4], DotRange range) {
  FineDot::store(p, x, range);
}
inline void store_dot_positive(DotInput* p, I16x8 x, I16x8 y) {
  std::memcpy(p, x.v, sizeof(x.v));
  std::memcpy(p + 8, y.v, sizeof(y.v));
}
inline DotX load_dot_x(const DotInput* p) { return FineDot::load_x(p); }
inline DotW load_dot_w(const int8_t* p) { return FineDot::load_w(p); }
inline DotSum dot_zero() { return FineDot::zero(); }
inline DotSum dot(DotX x, DotW w, DotSum sum) { return FineDot::add(x, w, sum); }
inline I32x4 dot_result(DotSum sum) { return FineDot::result(sum); }

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
