// What the relaxed inner product gives on each kind of processor, in plain C++, so that kernels
// are tested for all of them on any machine. The build names the flavour, as in
// SOTTO_EMULATED_FLAVOUR=kSigned.
#pragma once

#include <algorithm>

#include "simd/scalar_fine_dot.h"

namespace sotto::simd {

inline constexpr const char* kBackendName = "emulated";

inline DotFlavour dot_flavour() { return DotFlavour::SOTTO_EMULATED_FLAVOUR; }

inline constexpr int kGemmRows = 6;
inline constexpr int kGemmQuads = 2;

using DotInput = uint8_t;
inline void store_dot_x(DotInput* p, const I32x4 x[4], DotRange range) {
  const auto clamp = [range](int32_t q) {
    return static_cast<DotInput>(std::clamp(q, range.lo, range.hi));
  };
  for (int i = 0; i < 4; ++i, p += 4) {
    p[0] = clamp(x[i].a), p[1] = clamp(x[i].b), p[2] = clamp(x[i].c), p[3] = clamp(x[i].d);
  }
}
inline void store_dot_positive(DotInput* p, I16x8 x, I16x8 y) {
  for (int i = 0; i < 8; ++i) {
    p[i] = static_cast<DotInput>(x.v[i]);
    p[i + 8] = static_cast<DotInput>(y.v[i]);
  }
}

struct DotX {
  DotInput x[4];
};
struct DotW {
  const int8_t* p;
};
using DotSum = I32x4;

inline DotX load_dot_x(const DotInput* p) { return {p[0], p[1], p[2], p[3]}; }
inline DotW load_dot_w(const int8_t* p) { return {p}; }
inline DotSum dot_zero() { return splat(int32_t{0}); }

inline int32_t emulated_product(DotInput x, int8_t w) {
  return dot_flavour() == DotFlavour::kSigned ? static_cast<int8_t>(x) * w : x * w;
}
inline int32_t dot_pair(const DotInput* x, const int8_t* w) {
  const int32_t pair = emulated_product(x[0], w[0]) + emulated_product(x[1], w[1]);
  return dot_flavour() == DotFlavour::kPairSaturating
             ? std::clamp<int32_t>(pair, INT16_MIN, INT16_MAX)
             : pair;
}
inline int32_t dot_lane(const DotInput* x, const int8_t* w) {
  return dot_pair(x, w) + dot_pair(x + 2, w + 2);
}
inline DotSum dot(DotX x, DotW w, DotSum sum) {
  return add(sum, {dot_lane(x.x, w.p), dot_lane(x.x, w.p + 4), dot_lane(x.x, w.p + 8),
                   dot_lane(x.x, w.p + 12)});
}
inline I32x4 dot_result(DotSum sum) { return sum; }
inline constexpr int kPairedRows = 5;
inline DotSum dot_in_pairs(DotX x, DotW w, DotSum sum) { return dot(x, w, sum); }
inline constexpr int kTwicePairedRows = 3;
inline DotSum dot_twice_in_pairs(DotX x0, DotW w0, DotX x1, DotW w1, DotSum sum) {
  int32_t lanes[4];
  for (int o = 0; o < 4; ++o) {
    lanes[o] = 0;
    for (int i = 0; i < 4; i += 2) {
      // What does not fit 16 bits wraps.
      lanes[o] += static_cast<int16_t>(dot_pair(x0.x + i, w0.p + 4 * o + i) +
                                       dot_pair(x1.x + i, w1.p + 4 * o + i));
    }
  }
  return add(sum, {lanes[0], lanes[1], lanes[2], lanes[3]});
}

inline bool split_is_faster() { return dot_flavour() != DotFlavour::kPairSaturating; }
inline int32_t split_offset() { return dot_flavour() == DotFlavour::kSigned ? 128 : 0; }

inline DotX load_signed_dot_x(const DotInput* p) { return load_dot_x(p); }
// The operands change places: the weights are the one of which 7 bits are defined.
using PairSum = I16x8;
inline PairSum pair_zero() { return {}; }
inline PairSum dot_unsigned_w(DotX x, U8x16 w, PairSum sum) {
  for (int i = 0; i < 8; ++i) {
    int32_t pair = 0;
    for (int j = 2 * i; j < 2 * i + 2; ++j) {
      pair += emulated_product(w.b[j], static_cast<int8_t>(x.x[j % 4]));
    }
    pair = std::clamp<int32_t>(pair, INT16_MIN, INT16_MAX);
    sum.v[i] = static_cast<int16_t>(sum.v[i] + pair);
  }
  return sum;
}
inline I16x8 pair_result(PairSum sum) { return sum; }

}  // namespace sotto::simd
