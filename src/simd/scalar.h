// The scalar backend. See simd/simd.h.
#pragma once

#include <algorithm>

#include "simd/dot_range.h"
#include "simd/scalar_lanes.h"

namespace sotto::simd {

inline constexpr const char* kBackendName = "scalar";

using DotInput = uint8_t;
inline constexpr int kGemmRows = 2;
inline constexpr int kGemmQuads = 1;
inline DotFlavour dot_flavour() { return DotFlavour::kWide; }

struct DotX {
  int32_t a, b, c, d;
};
struct DotW {
  const int8_t* p;
};
using DotSum = I32x4;

inline void store_dot_x(DotInput* p, const I32x4 x[4], DotRange range) {
  const auto clamp = [range](int32_t q) {
    return static_cast<DotInput>(std::clamp(q, range.lo, range.hi));
  };
  for (int i = 0; i < 4; ++i, p += 4) {
    p[0] = clamp(x[i].a), p[1] = clamp(x[i].b), p[2] = clamp(x[i].c), p[3] = clamp(x[i].d);
  }
}
inline DotX load_dot_x(const DotInput* p) { return {p[0], p[1], p[2], p[3]}; }
inline DotW load_dot_w(const int8_t* p) { return {p}; }
inline DotSum dot_zero() { return splat(int32_t{0}); }
inline int32_t dot_lane(DotX x, const int8_t* w) {
  return x.a * w[0] + x.b * w[1] + x.c * w[2] + x.d * w[3];
}
inline DotSum dot(DotX x, DotW w, DotSum sum) {
  return {sum.a + dot_lane(x, w.p), sum.b + dot_lane(x, w.p + 4), sum.c + dot_lane(x, w.p + 8),
          sum.d + dot_lane(x, w.p + 12)};
}
inline I32x4 dot_result(DotSum sum) { return sum; }

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
