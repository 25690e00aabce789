// The WebAssembly SIMD backend. See simd/simd.h.
#pragma once

#include "simd/wasm_fine_dot.h"

// Behind FineDot, which it is made of.
#include "simd/fast_is_fine.h"

namespace sotto::simd {

inline constexpr const char* kBackendName = "wasm128";

inline F32x4 mul_add(F32x4 x, F32x4 y, F32x4 z) { return add(mul(x, y), z); }
inline I32x4 mul_round(F32x4 x, F32x4 y) { return round_to_i32(mul(x, y)); }
inline I16x8 mul_q15(I16x8 x, I16x8 y) { return {wasm_i16x8_q15mulr_sat(x.v, y.v)}; }
inline I16x8 lookup(U8x16 table, I16x8 i) { return {wasm_i8x16_swizzle(table.v, i.v)}; }

inline DotX load_signed_dot_x(const DotInput* p) { return load_dot_x(p); }
using PairSum = DotSum;  // whose lanes are the sums of pairs, wider than they need to be
inline PairSum pair_zero() { return dot_zero(); }
inline PairSum dot_unsigned_w(DotX x, U8x16 w, PairSum sum) {
  return dot(x, {wasm_u16x8_extend_low_u8x16(w.v), wasm_u16x8_extend_high_u8x16(w.v)}, sum);
}
inline I16x8 pair_result(PairSum sum) { return {wasm_i16x8_narrow_i32x4(sum.lo, sum.hi)}; }

}  // namespace sotto::simd
