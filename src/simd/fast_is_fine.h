// The fast inner product of the backends for which it is the fine one, since nothing is won by
// fewer bits. Included by them when FineDot is known.
#pragma once

namespace sotto::simd {

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
inline void store_dot_positive(DotInput* p, I16x8 x, I16x8 y) { FineDot::store_positive(p, x, y); }
inline DotX load_dot_x(const DotInput* p) { return FineDot::load_x(p); }
inline DotW load_dot_w(const int8_t* p) { return FineDot::load_w(p); }
inline DotSum dot_zero() { return FineDot::zero(); }
inline DotSum dot(DotX x, DotW w, DotSum sum) { return FineDot::add(x, w, sum); }
inline I32x4 dot_result(DotSum sum) { return FineDot::result(sum); }
inline constexpr int kPairedRows = kGemmRows;
inline DotSum dot_in_pairs(DotX x, DotW w, DotSum sum) { return dot(x, w, sum); }
inline constexpr int kTwicePairedRows = kGemmRows;
inline DotSum dot_twice_in_pairs(DotX x0, DotW w0, DotX x1, DotW w1, DotSum sum) {
  return dot(x1, w1, dot(x0, w0, sum));
}

// There is nothing to be won by two products of bytes either.
constexpr bool split_is_faster() { return false; }
constexpr int32_t split_offset() { return 0; }

}  // namespace sotto::simd
