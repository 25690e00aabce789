// The vector operations that kernels are written in: 128 bits, as f32x4, i32x4 or packed bytes.
// This is the only place that asks for an instruction set. A build picks one backend:
//
//   SOTTO_SIMD_SCALAR    plain C++, the definition of every operation (simd/scalar.h)
//   SOTTO_SIMD_WASM128   WebAssembly SIMD; natively through SIMDe (simd/wasm128.h)
//   SOTTO_SIMD_RELAXED   WebAssembly relaxed SIMD (simd/relaxed.h)
//   SOTTO_SIMD_EMULATED  the relaxed inner product of any processor, in plain C++, for tests
//                        (simd/emulated.h)
//
// The twins, scalar and wasm128, round alike and add in the same order, so kernels give the same
// bits on either. Each backend defines, in namespace sotto::simd:
//
//   F32x4, I32x4                        four lanes
//   load, store, splat, zero_f32        memory and constants; no alignment is asked for
//   add, sub, mul, div, sqrt, abs, min, max    lane by lane, IEEE 754; min(x, y) is
//                                       x < y ? x : y, max(x, y) is y < x ? x : y
//   mul_add(a, b, c)                    a * b + c; two roundings, one where relaxed
//   round_to_i32                        half to even for |x| <= 2^22, any value beyond
//   mul_round(x, y)                     round_to_i32(x * y); rounded once where relaxed
//   to_f32(I32x4)
//   exp2_int(I32x4 e)                   2^e as f32, e in [-126, 127]
//   sum, max_lane                       (l0 + l2) + (l1 + l3), likewise the maximum
//   store_i8x16(int8_t*, const I32x4[4])             16 lanes as bytes, saturated
//   store_i8x16_transposed(int8_t*, const I32x4[4])  byte 4 j + i is the low byte of lane j of x[i]
//   sums(I32x4 x, y, z, w)              the sum of each's lanes, exact where those fit
//   I16x8                               eight lanes; splat_i16, add, max
//   sub_saturated(x, y)                 x - y, saturated
//   sub_to_zero(x, y)                   x - y or 0 if that is less, for lanes that are not negative
//   shift_left<n>, shift_right<n>(I16x8)   the bits, zeros coming in
//   mul_q15(x, y)                       (x y + 2^14) >> 15, where not both are -2^15
//   max_lane, sum(I16x8)                over the lanes, the sum exact
//   widen_i8x8(const int8_t*)           8 int8 as I16x8
//   load(const int16_t*), store_i16x8(int16_t*, I32x4, I32x4)    the latter saturates
//   splat_pair(const int16_t*)          two int16, four times
//   interleave_low, interleave_high(I16x8 x, y)   x0 y0 x1 y1 x2 y2 x3 y3, and x4 y4 ...
//   I32x4 dot_pairs(I16x8, I16x8)       sums of products of neighbours
//   U8x16                               16 bytes; load(const uint8_t*)
//   lookup(U8x16 table, I16x8 i)        table[i] for i in [0, 15]; table[0] is 0
//   take_bits<kFrom, kCount, kTo>(U8x16)   bits [kFrom, kFrom + kCount) of each byte, moved to kTo
//   merge(U8x16, U8x16)                 the bits of both
//
// and for int8 inner products, whose instructions differ most between processors:
//
//   dot_flavour()                       what activations the product takes (dot_range.h)
//   DotInput                            how one quantised activation is stored
//   store_dot_x(DotInput*, const I32x4[4], DotRange)   clamps 16 activations and stores them
//   store_dot_positive(DotInput*, I16x8, I16x8)   stores 16 activations from 0 to 127
//   DotX load_dot_x(const DotInput*)    four consecutive activations, for all outputs
//   DotW load_dot_w(const int8_t*)      16 weights: four outputs by four inputs
//   DotSum dot_zero(), dot(x, w, sum)   adds, for each of four outputs, its four products
//   I32x4 dot_result(DotSum)            the four outputs, exact
//   dot_in_pairs(x, w, sum)             the same as dot where in_pairs(), by instructions that are
//                                       faster there
//   dot_twice_in_pairs(x0, w0, x1, w1, sum)   dot_in_pairs twice, for activations that fits_twice()
//                                       and weights whose pairs are light (kLightPair)
//   DotX load_signed_dot_x(const DotInput*)   activations stored with the range kSignedDotRange
//   PairSum pair_zero(), dot_unsigned_w(x, U8x16 w, sum)   for such activations and weights in
//                                       [0, 127]: adds, for each of four outputs, products 0 + 1
//                                       and products 2 + 3; the same in every flavour
//   I16x8 pair_result(PairSum)          these sums, exact while they fit 16 bits: 2 * 127 times the
//                                       sum of the largest weights stays below 2^15
//   kGemmRows, kGemmQuads               rows of x, and times four outputs, of a register tile
//   kPairedRows, kTwicePairedRows       the same for dot_in_pairs and dot_twice_in_pairs
//
//   split_is_faster(), split_offset()   whether one of FineDot's activations is multiplied sooner
//                                       as two DotInputs, 256 high + low + offset, and the offset
//                                       that makes the low ones fit
//
// FineDot is the same for activations of 11 bits (kFineDotRange), in any flavour: up to three times
// the work, for products that wait for their weights to arrive anyway. FastDot names the one above,
// so that kernels can be written for either, PairedDot the same by dot_in_pairs, and TwicePairedDot
// by dot_twice_in_pairs.
#pragma once

#if defined(SOTTO_SIMD_RELAXED)
#include "simd/relaxed.h"
#elif defined(SOTTO_SIMD_WASM128)
#include "simd/wasm128.h"
#elif defined(SOTTO_SIMD_EMULATED)
#include "simd/emulated.h"
#elif defined(SOTTO_SIMD_SCALAR)
#include "simd/scalar.h"
#else
#error "Define SOTTO_SIMD_SCALAR, SOTTO_SIMD_WASM128, SOTTO_SIMD_RELAXED or SOTTO_SIMD_EMULATED."
#endif

namespace sotto::simd {

// Whether pairs of products saturate, as on x86 without VNNI.
inline bool in_pairs() { return dot_flavour() == DotFlavour::kPairSaturating; }

struct FastDot {
  using Input = DotInput;
  using X = DotX;
  using W = DotW;
  using Sum = DotSum;
  static constexpr int kRows = kGemmRows;
  static constexpr int kQuads = kGemmQuads;
  // Steps of four inputs that are added at a time.
  static constexpr int kSteps = 1;
  static constexpr bool kAddsSplit = false;

  static DotRange range() { return range_of(dot_flavour()); }
  // For weights whose pairs are light (kLightPair).
  static DotRange light_range() { return light_range_of(dot_flavour()); }
  // For the same, and products that are made faster of fewer bits.
  static DotRange coarse_range() { return coarse_range_of(dot_flavour()); }
  static void store(Input* p, const I32x4 x[4], DotRange range) { store_dot_x(p, x, range); }
  static X load_x(const Input* p) { return load_dot_x(p); }
  static W load_w(const int8_t* p) { return load_dot_w(p); }
  static Sum zero() { return dot_zero(); }
  static Sum add(X x, W w, Sum sum) { return dot(x, w, sum); }
  static I32x4 result(Sum sum) { return dot_result(sum); }
};

// Memory for the rows of a register tile has kGemmRows of them.
static_assert(kPairedRows <= kGemmRows && kTwicePairedRows <= kGemmRows);

struct PairedDot : FastDot {
  static constexpr int kRows = kPairedRows;
  // What was split off weights belongs to them (quant/split_quads.h).
  static constexpr bool kAddsSplit = true;

  static Sum add(X x, W w, Sum sum) { return dot_in_pairs(x, w, sum); }
};

struct TwicePairedDot : PairedDot {
  static constexpr int kRows = kTwicePairedRows;
  static constexpr int kSteps = 2;

  static Sum add_two(X x0, W w0, X x1, W w1, Sum sum) {
    return dot_twice_in_pairs(x0, w0, x1, w1, sum);
  }
};

// Calls run.operator()<Dot>() with the one of the two that is faster on this processor.
template <class Run>
void with_fast_dot(Run&& run) {
  if (in_pairs()) {
    run.template operator()<PairedDot>();
  } else {
    run.template operator()<FastDot>();
  }
}

}  // namespace sotto::simd
