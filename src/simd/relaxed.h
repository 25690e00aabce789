// The WebAssembly relaxed SIMD backend. See simd/simd.h.
#pragma once

#include "simd/wasm_fine_dot.h"

namespace sotto::simd {

inline constexpr const char* kBackendName = "relaxed";

// Fused where the processor has it; two roundings elsewhere.
inline F32x4 mul_add(F32x4 x, F32x4 y, F32x4 z) { return {wasm_f32x4_relaxed_madd(x.v, y.v, z.v)}; }
inline I32x4 mul_round(F32x4 x, F32x4 y) {
  const v128_t magic = splat(kRoundingMagic).v;
  return {wasm_i32x4_sub(wasm_f32x4_relaxed_madd(x.v, y.v, magic), magic)};
}
// Those of simd128 take two and four instructions on x86, for the cases that are left open here.
inline I16x8 mul_q15(I16x8 x, I16x8 y) { return {wasm_i16x8_relaxed_q15mulr(x.v, y.v)}; }
inline I16x8 lookup(U8x16 table, I16x8 i) { return {wasm_i8x16_relaxed_swizzle(table.v, i.v)}; }

// i32x4.relaxed_dot_i8x16_i7x16_add multiplies bytes and adds four products to each sum. The
// weights are its first operand, which is signed everywhere; of the second only 7 bits are
// defined, and what a processor makes of the eighth is found out here.
inline DotFlavour probe_dot_flavour() {
  // 4 * 127 * 255, where the compiler cannot see it.
  volatile int8_t weight = 127;
  volatile uint8_t activation = 255;
  const v128_t sum = wasm_i32x4_relaxed_dot_i8x16_i7x16_add(
      wasm_i8x16_splat(weight), wasm_u8x16_splat(activation), wasm_i32x4_splat(0));
  switch (wasm_i32x4_extract_lane(sum, 0)) {
    case 4 * 127 * 255: return DotFlavour::kUnsigned;
    case 4 * 127 * -1: return DotFlavour::kSigned;
    // Whatever else a processor does, 7 bits are safe by definition.
    default: return DotFlavour::kPairSaturating;
  }
}

inline DotFlavour dot_flavour() {
  static const DotFlavour flavour = probe_dot_flavour();
  return flavour;
}

using DotInput = uint8_t;
inline constexpr int kGemmRows = 6;
inline constexpr int kGemmQuads = 2;

struct DotX {
  v128_t v;  // x0 x1 x2 x3, four times
};
struct DotW {
  v128_t v;
};
using DotSum = I32x4;

inline void store_dot_x(DotInput* p, const I32x4 x[4], DotRange range) {
  const v128_t lo = wasm_i16x8_splat(static_cast<int16_t>(range.lo));
  const v128_t hi = wasm_i16x8_splat(static_cast<int16_t>(range.hi));
  v128_t half[2];
  for (int i = 0; i < 2; ++i) {
    const v128_t narrow = wasm_i16x8_narrow_i32x4(x[2 * i].v, x[2 * i + 1].v);
    half[i] = wasm_i16x8_min(wasm_i16x8_max(narrow, lo), hi);
  }
  // The low bytes, which serve signed and unsigned ranges alike.
  wasm_v128_store(p, wasm_i8x16_shuffle(half[0], half[1], 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22,
                                        24, 26, 28, 30));
}
inline void store_dot_positive(DotInput* p, I16x8 x, I16x8 y) {
  wasm_v128_store(p, wasm_u8x16_narrow_i16x8(x.v, y.v));
}
inline DotX load_dot_x(const DotInput* p) { return {wasm_v128_load32_splat(p)}; }
inline DotW load_dot_w(const int8_t* p) { return {wasm_v128_load(p)}; }
inline DotSum dot_zero() { return splat(int32_t{0}); }
inline DotSum dot(DotX x, DotW w, DotSum sum) {
  return {wasm_i32x4_relaxed_dot_i8x16_i7x16_add(w.v, x.v, sum.v)};
}
inline I32x4 dot_result(DotSum sum) { return sum; }

// On x86 without VNNI the relaxed product of four stands for five instructions, of which two make
// the constant that adds up pairs, every time. With it in a register there are three left, which
// take two thirds of the time and a register more, so that a row fewer fits.
inline constexpr int kPairedRows = 5;
inline DotSum dot_in_pairs(DotX x, DotW w, DotSum sum) {
  const v128_t pairs = wasm_i16x8_relaxed_dot_i8x16_i7x16(w.v, x.v);
  return {wasm_i32x4_add(sum.v, wasm_i32x4_dot_i16x8(pairs, splat_i16(1).v))};
}

// Two steps at a time, whose pairs are added in 16 bits (fits_twice): three multiplications for
// four. More rows than three want more registers than there are.
inline constexpr int kTwicePairedRows = 3;
inline DotSum dot_twice_in_pairs(DotX x0, DotW w0, DotX x1, DotW w1, DotSum sum) {
  const v128_t pairs = wasm_i16x8_add(wasm_i16x8_relaxed_dot_i8x16_i7x16(w0.v, x0.v),
                                      wasm_i16x8_relaxed_dot_i8x16_i7x16(w1.v, x1.v));
  return {wasm_i32x4_add(sum.v, wasm_i32x4_dot_i16x8(pairs, splat_i16(1).v))};
}

// With the relaxed product each weight is loaded once and no more is done to it, where FineDot
// widens it and adds up itself: 8 instead of 26 instructions on x86 for eight outputs.
inline bool split_is_faster() { return dot_flavour() != DotFlavour::kPairSaturating; }
inline int32_t split_offset() { return dot_flavour() == DotFlavour::kSigned ? 128 : 0; }

// The activations are the operand that is signed everywhere, the weights the one of which 7 bits
// are defined: exact whatever the flavour. Pairs stay in 16 bits, which x86 without VNNI does in a
// fifth of the instructions of the sum of four.
using PairSum = I16x8;
inline DotX load_signed_dot_x(const DotInput* p) { return load_dot_x(p); }
inline PairSum pair_zero() { return {wasm_i16x8_splat(0)}; }
inline PairSum dot_unsigned_w(DotX x, U8x16 w, PairSum sum) {
  return {wasm_i16x8_add(sum.v, wasm_i16x8_relaxed_dot_i8x16_i7x16(x.v, w.v))};
}
inline I16x8 pair_result(PairSum sum) { return sum; }

}  // namespace sotto::simd
