#include "kernels/gelu.h"

#include <algorithm>

#include "kernels/quantize_row.h"
#include "simd/simd.h"

namespace sotto {

using namespace simd;

namespace {

// The share of x that is kept is the normal distribution up to x, 1/2 + x P(x^2) / Q(x^2) with P
// and Q of degree five: absolute error below 5e-9 for |x| <= 5.3 (least squares, reweighted towards
// the largest errors), before rounding. Beyond that the share is 0 or 1 to within 6e-8.
F32x4 gelu(F32x4 x) {
  const F32x4 z = min(max(x, splat(-5.3f)), splat(5.3f));
  const F32x4 t = mul(z, z);
  F32x4 p = splat(2.40502854e-8f);
  p = mul_add(p, t, splat(6.37907582e-6f));
  p = mul_add(p, t, splat(1.60335339e-4f));
  p = mul_add(p, t, splat(4.62799846e-3f));
  p = mul_add(p, t, splat(3.29358545e-2f));
  p = mul_add(p, t, splat(3.98942254e-1f));
  F32x4 q = splat(1.23716899e-6f);
  q = mul_add(q, t, splat(7.13526415e-5f));
  q = mul_add(q, t, splat(1.83657616e-3f));
  q = mul_add(q, t, splat(2.81388664e-2f));
  q = mul_add(q, t, splat(2.49224173e-1f));
  q = mul_add(q, t, splat(1.0f));
  return mul(x, add(splat(0.5f), div(mul(z, p), q)));
}

// out[n] = gelu(x[n]); `seen` is told of each element, and of zeros that fill up the last four.
template <class Seen>
void gelu_row(const float* x, int n, float* out, Seen&& seen) {
  int i = 0;
  for (; i + 4 <= n; i += 4) {
    const F32x4 y = gelu(load(x + i));
    store(out + i, y);
    seen(y);
  }
  if (i == n) return;
  float tail[4] = {};
  std::copy(x + i, x + n, tail);
  const F32x4 y = gelu(load(tail));
  seen(y);
  store(tail, y);
  std::copy(tail, tail + (n - i), out + i);
}

template <class Rows>
void gelu_and_quantize(ConstMatrixF32 x, float* row, Rows& out) {
  out.rows = x.rows;
  out.k = x.cols;
  for (int r = 0; r < x.rows; ++r) {
    RowRange range;
    gelu_row(x.row(r), x.cols, row, [&](F32x4 y) { range.include(y); });
    quantize_row(row, range, r, out);
  }
}

}  // namespace

void gelu_f32(float* x, int n) {
  gelu_row(x, n, x, [](F32x4) {});
}

void gelu_quantize(ConstMatrixF32 x, float* row, QuantRows& out) { gelu_and_quantize(x, row, out); }
void gelu_quantize(ConstMatrixF32 x, float* row, FineRows& out) { gelu_and_quantize(x, row, out); }

}  // namespace sotto
