// The WebAssembly SIMD backend. See simd/simd.h.
#pragma once

#include "simd/dot_range.h"
#include "simd/wasm_lanes.h"

namespace sotto::simd {

inline constexpr const char* kBackendName = "wasm128";

inline F32x4 mul_add(F32x4 x, F32x4 y, F32x4 z) { return add(mul(x, y), z); }

// Products of bytes are taken in 16 bits: i32x4.dot_i16x8_s multiplies eight pairs and adds
// neighbours. Activations are stored widened, so that splatting four of them is one load; four
// outputs by four inputs fill two such vectors, whose pair sums dot_result adds up.
using DotInput = int16_t;
inline constexpr int kGemmRows = 4;
inline constexpr int kGemmQuads = 1;
inline DotFlavour dot_flavour() { return DotFlavour::kWide; }

struct DotX {
  v128_t v;  // x0 x1 x2 x3 x0 x1 x2 x3
};
struct DotW {
  v128_t lo, hi;  // outputs 0 and 1; outputs 2 and 3
};
struct DotSum {
  v128_t lo, hi;
};

inline void store_dot_x(DotInput* p, const I32x4 x[4], DotRange range) {
  const v128_t lo = wasm_i16x8_splat(static_cast<int16_t>(range.lo));
  const v128_t hi = wasm_i16x8_splat(static_cast<int16_t>(range.hi));
  for (int i = 0; i < 2; ++i) {
    const v128_t narrow = wasm_i16x8_narrow_i32x4(x[2 * i].v, x[2 * i + 1].v);
    wasm_v128_store(p + 8 * i, wasm_i16x8_min(wasm_i16x8_max(narrow, lo), hi));
  }
}
inline DotX load_dot_x(const DotInput* p) { return {wasm_v128_load64_splat(p)}; }
inline DotW load_dot_w(const int8_t* p) {
  const v128_t w = wasm_v128_load(p);
  return {wasm_i16x8_extend_low_i8x16(w), wasm_i16x8_extend_high_i8x16(w)};
}
inline DotSum dot_zero() { return {wasm_i32x4_splat(0), wasm_i32x4_splat(0)}; }
inline DotSum dot(DotX x, DotW w, DotSum sum) {
  return {wasm_i32x4_add(sum.lo, wasm_i32x4_dot_i16x8(x.v, w.lo)),
          wasm_i32x4_add(sum.hi, wasm_i32x4_dot_i16x8(x.v, w.hi))};
}
inline I32x4 dot_result(DotSum sum) {
  return {wasm_i32x4_add(wasm_i32x4_shuffle(sum.lo, sum.hi, 0, 2, 4, 6),
                         wasm_i32x4_shuffle(sum.lo, sum.hi, 1, 3, 5, 7))};
}

inline DotX load_signed_dot_x(const DotInput* p) { return load_dot_x(p); }
using PairSum = DotSum;  // whose lanes are the sums of pairs, wider than they need to be
inline PairSum pair_zero() { return dot_zero(); }
inline PairSum dot_unsigned_w(DotX x, U8x16 w, PairSum sum) {
  return dot(x, {wasm_u16x8_extend_low_u8x16(w.v), wasm_u16x8_extend_high_u8x16(w.v)}, sum);
}
inline I16x8 pair_result(PairSum sum) { return {wasm_i16x8_narrow_i32x4(sum.lo, sum.hi)}; }

}  // namespace sotto::simd
