#include "kernels/quantize_rows.h"

#include <algorithm>
#include <cmath>

namespace sotto {

using namespace simd;

namespace {

// Narrower rows count as zero: their inverse would not be finite.
constexpr float kSmallestWidth = 1e-30f;

struct Range {
  float lo = 0;
  float hi = 0;
  bool finite = true;
};

// Smallest and largest element, 0 included. x - x is 0 for finite x only, so its sum tells
// whether anything was not finite.
Range row_range(const float* x, int k) {
  F32x4 lo = zero_f32(), hi = zero_f32(), nonfinite = zero_f32();
  int i = 0;
  for (; i + 4 <= k; i += 4) {
    const F32x4 v = load(x + i);
    lo = min(lo, v);
    hi = max(hi, v);
    nonfinite = add(nonfinite, sub(v, v));
  }
  Range range{-max_lane(sub(zero_f32(), lo)), max_lane(hi), sum(nonfinite) == 0.0f};
  for (; i < k; ++i) {
    range.lo = x[i] < range.lo ? x[i] : range.lo;
    range.hi = range.hi < x[i] ? x[i] : range.hi;
    range.finite = range.finite && std::isfinite(x[i]);
  }
  return range;
}

// x[16] times inverse, plus zero, as 16 quantised activations.
void quantize_16(const float* x, F32x4 inverse, I32x4 zero, DotRange range, DotInput* q) {
  I32x4 rounded[4];
  for (int i = 0; i < 4; ++i) rounded[i] = add(round_to_i32(mul(load(x + 4 * i), inverse)), zero);
  store_dot_x(q, rounded, range);
}

void quantize_row(const float* x, int k, float inverse, int32_t zero, DotInput* q) {
  const DotRange range = range_of(dot_flavour());
  const F32x4 s = splat(inverse);
  const I32x4 z = splat(zero);
  int i = 0;
  for (; i + 16 <= k; i += 16) quantize_16(x + i, s, z, range, q + i);
  if (i == k) return;
  float tail[16] = {};
  std::copy(x + i, x + k, tail);
  quantize_16(tail, s, z, range, q + i);
}

}  // namespace

void quantize_rows(ConstMatrixF32 x, QuantRows& out) {
  out.rows = x.rows;
  out.k = x.cols;
  const DotRange dot = range_of(dot_flavour());
  const float steps = static_cast<float>(dot.hi - dot.lo);
  for (int r = 0; r < x.rows; ++r) {
    const Range range = row_range(x.row(r), x.cols);
    const float width = range.hi - range.lo;
    const bool usable = range.finite && std::isfinite(width) && width >= kSmallestWidth;
    const float inverse = usable ? steps / width : 0.0f;
    out.scale[r] = usable ? width / steps : 0.0f;
    out.zero[r] = dot.lo + (usable ? static_cast<int32_t>(std::nearbyint(-range.lo * inverse)) : 0);
    quantize_row(x.row(r), x.cols, inverse, out.zero[r], out.row(r));
  }
}

}  // namespace sotto
