// Lanes of the WebAssembly backends, wasm128 and relaxed. See simd/simd.h. Natively the same
// intrinsics come from SIMDe.
#pragma once

#include <cstdint>

#include "simd/hidden.h"

#if defined(__wasm_simd128__)
#include <wasm_simd128.h>
#else
#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/wasm/simd128.h>
#endif

namespace sotto::simd {

struct F32x4 {
  v128_t v;
};
struct I32x4 {
  v128_t v;
};

inline F32x4 load(const float* p) { return {wasm_v128_load(p)}; }
inline I32x4 load(const int32_t* p) { return {wasm_v128_load(p)}; }
inline void store(float* p, F32x4 x) { wasm_v128_store(p, x.v); }
inline void store(int32_t* p, I32x4 x) { wasm_v128_store(p, x.v); }
inline F32x4 splat(float x) { return {wasm_f32x4_splat(hidden(x))}; }
inline I32x4 splat(int32_t x) { return {wasm_i32x4_splat(hidden(x))}; }
inline F32x4 zero_f32() { return splat(0.0f); }

inline F32x4 add(F32x4 x, F32x4 y) { return {wasm_f32x4_add(x.v, y.v)}; }
inline F32x4 sub(F32x4 x, F32x4 y) { return {wasm_f32x4_sub(x.v, y.v)}; }
inline F32x4 mul(F32x4 x, F32x4 y) { return {wasm_f32x4_mul(x.v, y.v)}; }
inline F32x4 div(F32x4 x, F32x4 y) { return {wasm_f32x4_div(x.v, y.v)}; }
inline F32x4 sqrt(F32x4 x) { return {wasm_f32x4_sqrt(x.v)}; }
inline F32x4 abs(F32x4 x) { return {wasm_f32x4_abs(x.v)}; }
// pmin(p, q) is q < p ? q : p, so the operands change places to give x < y ? x : y.
inline F32x4 min(F32x4 x, F32x4 y) { return {wasm_f32x4_pmin(y.v, x.v)}; }
inline F32x4 max(F32x4 x, F32x4 y) { return {wasm_f32x4_pmax(y.v, x.v)}; }

inline I32x4 add(I32x4 x, I32x4 y) { return {wasm_i32x4_add(x.v, y.v)}; }
inline I32x4 sub(I32x4 x, I32x4 y) { return {wasm_i32x4_sub(x.v, y.v)}; }
inline I32x4 mul(I32x4 x, I32x4 y) { return {wasm_i32x4_mul(x.v, y.v)}; }

// The sum with 1.5 * 2^23 holds the rounded value in the low bits of its fraction. That is a fifth
// of the cost of nearest and saturating truncation where those are many instructions.
inline constexpr float kRoundingMagic = 12582912.0f;
inline I32x4 round_to_i32(F32x4 x) {
  const F32x4 magic = splat(kRoundingMagic);
  return {wasm_i32x4_sub(wasm_f32x4_add(x.v, magic.v), magic.v)};
}
inline F32x4 to_f32(I32x4 x) { return {wasm_f32x4_convert_i32x4(x.v)}; }
inline F32x4 exp2_int(I32x4 e) { return {wasm_i32x4_shl(add(e, splat(127)).v, 23)}; }
inline float sum(F32x4 x) {
  const v128_t pairs = wasm_f32x4_add(x.v, wasm_i32x4_shuffle(x.v, x.v, 2, 3, 0, 1));
  return wasm_f32x4_extract_lane(pairs, 0) + wasm_f32x4_extract_lane(pairs, 1);
}
inline float max_lane(F32x4 x) {
  const v128_t pairs = wasm_f32x4_pmax(wasm_i32x4_shuffle(x.v, x.v, 2, 3, 0, 1), x.v);
  const float l0 = wasm_f32x4_extract_lane(pairs, 0);
  const float l1 = wasm_f32x4_extract_lane(pairs, 1);
  return l1 < l0 ? l0 : l1;
}
inline void store_i8x16(int8_t* p, const I32x4 x[4]) {
  wasm_v128_store(p, wasm_i8x16_narrow_i16x8(wasm_i16x8_narrow_i32x4(x[0].v, x[1].v),
                                             wasm_i16x8_narrow_i32x4(x[2].v, x[3].v)));
}
inline void store_i8x16_transposed(int8_t* p, const I32x4 x[4]) {
  const v128_t byte = splat(0xff).v;
  const v128_t b0 = wasm_v128_and(x[0].v, byte);
  const v128_t b1 = wasm_i32x4_shl(wasm_v128_and(x[1].v, byte), 8);
  const v128_t b2 = wasm_i32x4_shl(wasm_v128_and(x[2].v, byte), 16);
  const v128_t b3 = wasm_i32x4_shl(x[3].v, 24);
  wasm_v128_store(p, wasm_v128_or(wasm_v128_or(b0, b1), wasm_v128_or(b2, b3)));
}
inline int32_t sum(I32x4 x) {
  const v128_t pairs = wasm_i32x4_add(x.v, wasm_i32x4_shuffle(x.v, x.v, 2, 3, 0, 1));
  // Added as lanes, which wrap; two of int may not.
  return wasm_i32x4_extract_lane(
      wasm_i32x4_add(pairs, wasm_i32x4_shuffle(pairs, pairs, 1, 0, 3, 2)), 0);
}

inline I32x4 sums(I32x4 x, I32x4 y, I32x4 z, I32x4 w) {
  const v128_t xy = wasm_i32x4_add(wasm_i32x4_shuffle(x.v, y.v, 0, 1, 4, 5),
                                   wasm_i32x4_shuffle(x.v, y.v, 2, 3, 6, 7));
  const v128_t zw = wasm_i32x4_add(wasm_i32x4_shuffle(z.v, w.v, 0, 1, 4, 5),
                                   wasm_i32x4_shuffle(z.v, w.v, 2, 3, 6, 7));
  return {wasm_i32x4_add(wasm_i32x4_shuffle(xy, zw, 0, 2, 4, 6),
                         wasm_i32x4_shuffle(xy, zw, 1, 3, 5, 7))};
}

struct I16x8 {
  v128_t v;
};
inline I16x8 widen_i8x8(const int8_t* p) { return {wasm_i16x8_load8x8(p)}; }
inline I16x8 load(const int16_t* p) { return {wasm_v128_load(p)}; }
inline void store_i16x8(int16_t* p, I32x4 x, I32x4 y) {
  wasm_v128_store(p, wasm_i16x8_narrow_i32x4(x.v, y.v));
}
inline I16x8 splat_pair(const int16_t* p) { return {wasm_v128_load32_splat(p)}; }
inline I16x8 splat_i16(int16_t x) {
  return {wasm_i16x8_splat(static_cast<int16_t>(hidden(int32_t{x})))};
}
inline I16x8 add(I16x8 x, I16x8 y) { return {wasm_i16x8_add(x.v, y.v)}; }
inline I16x8 sub_saturated(I16x8 x, I16x8 y) { return {wasm_i16x8_sub_sat(x.v, y.v)}; }
inline I16x8 sub_to_zero(I16x8 x, I16x8 y) { return {wasm_u16x8_sub_sat(x.v, y.v)}; }
inline I16x8 max(I16x8 x, I16x8 y) { return {wasm_i16x8_max(x.v, y.v)}; }
template <int kBits>
I16x8 shift_left(I16x8 x) {
  return {wasm_i16x8_shl(x.v, kBits)};
}
template <int kBits>
I16x8 shift_right(I16x8 x) {
  return {wasm_u16x8_shr(x.v, kBits)};
}
inline I16x8 interleave_low(I16x8 x, I16x8 y) {
  return {wasm_i16x8_shuffle(x.v, y.v, 0, 8, 1, 9, 2, 10, 3, 11)};
}
inline I16x8 interleave_high(I16x8 x, I16x8 y) {
  return {wasm_i16x8_shuffle(x.v, y.v, 4, 12, 5, 13, 6, 14, 7, 15)};
}
inline I32x4 dot_pairs(I16x8 x, I16x8 y) { return {wasm_i32x4_dot_i16x8(x.v, y.v)}; }
inline int16_t max_lane(I16x8 x) {
  v128_t best = wasm_i16x8_max(x.v, wasm_i32x4_shuffle(x.v, x.v, 2, 3, 0, 1));
  best = wasm_i16x8_max(best, wasm_i32x4_shuffle(best, best, 1, 0, 3, 2));
  return static_cast<int16_t>(wasm_i16x8_extract_lane(best, 0) > wasm_i16x8_extract_lane(best, 1)
                                  ? wasm_i16x8_extract_lane(best, 0)
                                  : wasm_i16x8_extract_lane(best, 1));
}
inline int32_t sum(I16x8 x) { return sum(dot_pairs(x, splat_i16(1))); }

struct U8x16 {
  v128_t v;
};
inline U8x16 load(const uint8_t* p) { return {wasm_v128_load(p)}; }
// x86 shifts no bytes. What a shift of 16-bit lanes brings over from the neighbouring byte lies
// outside the mask.
template <int kFrom, int kCount, int kTo>
U8x16 take_bits(U8x16 x) {
  v128_t bits = x.v;
  if constexpr (kFrom < kTo) bits = wasm_i16x8_shl(bits, kTo - kFrom);
  if constexpr (kFrom > kTo) bits = wasm_u16x8_shr(bits, kFrom - kTo);
  return {wasm_v128_and(
      bits, wasm_u8x16_splat(static_cast<uint8_t>(hidden(((1 << kCount) - 1) << kTo))))};
}
inline U8x16 merge(U8x16 x, U8x16 y) { return {wasm_v128_or(x.v, y.v)}; }

}  // namespace sotto::simd
