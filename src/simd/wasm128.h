// The WebAssembly SIMD backend. See simd/simd.h.
#pragma once

#include "simd/wasm_fine_dot.h"

namespace sotto::simd {

inline constexpr const char* kBackendName = "wasm128";

inline F32x4 mul_add(F32x4 x, F32x4 y, F32x4 z) { return add(mul(x, y), z); }
inline I32x4 mul_round(F32x4 x, F32x4 y) { return round_to_i32(mul(x, y)); }
inline I16x8 mul_q15(I16x8 x, I16x8 y) { return {wasm_i16x8_q15mulr_sat(x.v, y.v)}; }
inline I16x8 lookup(U8x16 table, I16x8 i) { return {wasm_i8x16_swizzle(table.v, i.v)}; }

// Both kinds of activations are the fine ones: nothing is won by less.
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
  wasm_v128_store(p, x.v);
  wasm_v128_store(p + 8, y.v);
}
inline DotX load_dot_x(const DotInput* p) { return FineDot::load_x(p); }
inline DotW load_dot_w(const int8_t* p) { return FineDot::load_w(p); }
inline DotSum dot_zero() { return FineDot::zero(); }
inline DotSum dot(DotX x, DotW w, DotSum sum) { return FineDot::add(x, w, sum); }
inline I32x4 dot_result(DotSum sum) { return FineDot::result(sum); }

inline DotX load_signed_dot_x(const DotInput* p) { return load_dot_x(p); }
using PairSum = DotSum;  // whose lanes are the sums of pairs, wider than they need to be
inline PairSum pair_zero() { return dot_zero(); }
inline PairSum dot_unsigned_w(DotX x, U8x16 w, PairSum sum) {
  return dot(x, {wasm_u16x8_extend_low_u8x16(w.v), wasm_u16x8_extend_high_u8x16(w.v)}, sum);
}
inline I16x8 pair_result(PairSum sum) { return {wasm_i16x8_narrow_i32x4(sum.lo, sum.hi)}; }

}  // namespace sotto::simd
