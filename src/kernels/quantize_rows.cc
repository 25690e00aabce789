#include "kernels/quantize_rows.h"

#include <cmath>

namespace sotto {

using namespace simd;

namespace {

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

void quantize_row(const float* x, int k, float inverse, int32_t zero, DotInput* q) {
  const F32x4 s = splat(inverse);
  const I32x4 z = splat(zero);
  int i = 0;
  for (; i + 4 <= k; i += 4) store_dot_x(q + i, add(round_to_i32(mul(load(x + i), s)), z));
  for (; i < padded_k(k); i += 4) {
    float tail[4] = {};
    for (int j = i; j < k && j < i + 4; ++j) tail[j - i] = x[j];
    store_dot_x(q + i, add(round_to_i32(mul(load(tail), s)), z));
  }
}

}  // namespace

void quantize_rows(ConstMatrixF32 x, QuantRows& out) {
  out.rows = x.rows;
  out.k = x.cols;
  for (int r = 0; r < x.rows; ++r) {
    const Range range = row_range(x.row(r), x.cols);
    const float width = range.hi - range.lo;
    const bool usable = range.finite && std::isfinite(width) && width >= 1e-30f;
    const float inverse = usable ? static_cast<float>(kDotInputMax) / width : 0.0f;
    out.scale[r] = usable ? width / static_cast<float>(kDotInputMax) : 0.0f;
    out.zero[r] = static_cast<int32_t>(std::nearbyint(-range.lo * inverse));
    if (!usable) out.zero[r] = 0;
    quantize_row(x.row(r), x.cols, inverse, out.zero[r], out.row(r));
  }
}

}  // namespace sotto
