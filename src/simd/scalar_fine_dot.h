// The inner product of fine activations in plain C++, which defines it. See simd/simd.h.
#pragma once

#include <algorithm>

#include "simd/dot_range.h"
#include "simd/scalar_lanes.h"

namespace sotto::simd {

struct FineDot {
  using Input = int16_t;
  struct X {
    int32_t a, b, c, d;
  };
  struct W {
    const int8_t* p;
  };
  using Sum = I32x4;
  static constexpr int kRows = 2;
  static constexpr int kQuads = 1;
  static constexpr int kSteps = 1;
  static constexpr bool kAddsSplit = false;

  static DotRange range() { return kFineDotRange; }
  static void store(Input* p, const I32x4 x[4], DotRange range) {
    for (int i = 0; i < 4; ++i, p += 4) {
      const int32_t lanes[4] = {x[i].a, x[i].b, x[i].c, x[i].d};
      for (int j = 0; j < 4; ++j) {
        p[j] = static_cast<Input>(std::clamp(lanes[j], range.lo, range.hi));
      }
    }
  }
  static void store_positive(Input* p, I16x8 x, I16x8 y) {
    std::memcpy(p, x.v, sizeof(x.v));
    std::memcpy(p + 8, y.v, sizeof(y.v));
  }
  static X load_x(const Input* p) { return {p[0], p[1], p[2], p[3]}; }
  static W load_w(const int8_t* p) { return {p}; }
  static Sum zero() { return splat(int32_t{0}); }
  static Sum add(X x, W w, Sum sum) {
    const auto lane = [x](const int8_t* w) {
      return x.a * w[0] + x.b * w[1] + x.c * w[2] + x.d * w[3];
    };
    return {sum.a + lane(w.p), sum.b + lane(w.p + 4), sum.c + lane(w.p + 8),
            sum.d + lane(w.p + 12)};
  }
  static I32x4 result(Sum sum) { return sum; }
};

}  // namespace sotto::simd
