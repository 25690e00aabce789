// The inner product of fine activations, of the WebAssembly backends. See simd/simd.h.
#pragma once

#include "simd/dot_range.h"
#include "simd/wasm_lanes.h"

namespace sotto::simd {

// Products are taken in 16 bits: i32x4.dot_i16x8_s multiplies eight pairs and adds neighbours.
// Activations are stored widened, so that splatting four of them is one load; four outputs by four
// inputs fill two such vectors, whose pair sums `result` adds up.
struct FineDot {
  using Input = int16_t;
  struct X {
    v128_t v;  // x0 x1 x2 x3 x0 x1 x2 x3
  };
  struct W {
    v128_t lo, hi;  // outputs 0 and 1; outputs 2 and 3
  };
  struct Sum {
    v128_t lo, hi;
  };
  static constexpr int kRows = 4;
  static constexpr int kQuads = 1;
  static constexpr int kSteps = 1;
  static constexpr bool kAddsSplit = false;

  static DotRange range() { return kFineDotRange; }
  static void store(Input* p, const I32x4 x[4], DotRange range) {
    const v128_t lo = wasm_i16x8_splat(static_cast<int16_t>(range.lo));
    const v128_t hi = wasm_i16x8_splat(static_cast<int16_t>(range.hi));
    for (int i = 0; i < 2; ++i) {
      const v128_t narrow = wasm_i16x8_narrow_i32x4(x[2 * i].v, x[2 * i + 1].v);
      wasm_v128_store(p + 8 * i, wasm_i16x8_min(wasm_i16x8_max(narrow, lo), hi));
    }
  }
  static void store_positive(Input* p, I16x8 x, I16x8 y) {
    wasm_v128_store(p, x.v);
    wasm_v128_store(p + 8, y.v);
  }
  static X load_x(const Input* p) { return {wasm_v128_load64_splat(p)}; }
  // Two instructions on x86, where widening the halves of a vector takes four.
  static W load_w(const int8_t* p) { return {wasm_i16x8_load8x8(p), wasm_i16x8_load8x8(p + 8)}; }
  static Sum zero() { return {wasm_i32x4_splat(0), wasm_i32x4_splat(0)}; }
  static Sum add(X x, W w, Sum sum) {
    return {wasm_i32x4_add(sum.lo, wasm_i32x4_dot_i16x8(x.v, w.lo)),
            wasm_i32x4_add(sum.hi, wasm_i32x4_dot_i16x8(x.v, w.hi))};
  }
  static I32x4 result(Sum sum) {
    return {wasm_i32x4_add(wasm_i32x4_shuffle(sum.lo, sum.hi, 0, 2, 4, 6),
                           wasm_i32x4_shuffle(sum.lo, sum.hi, 1, 3, 5, 7))};
  }
};

}  // namespace sotto::simd
