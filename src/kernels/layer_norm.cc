#include "kernels/layer_norm.h"

#include <cmath>

#include "kernels/quantize_row.h"
#include "simd/simd.h"

namespace sotto {

using namespace simd;

namespace {

constexpr float kEpsilon = 1e-5f;

float row_sum(const float* x, int n) {
  F32x4 total = zero_f32();
  int i = 0;
  for (; i + 4 <= n; i += 4) total = add(total, load(x + i));
  float result = sum(total);
  for (; i < n; ++i) result += x[i];
  return result;
}

// Sum of (x - mean)^2. A second pass keeps what a sum of squares would cancel.
float row_deviation(const float* x, int n, float mean) {
  const F32x4 m = splat(mean);
  F32x4 total = zero_f32();
  int i = 0;
  for (; i + 4 <= n; i += 4) {
    const F32x4 d = sub(load(x + i), m);
    total = mul_add(d, d, total);
  }
  float result = sum(total);
  for (; i < n; ++i) result += (x[i] - mean) * (x[i] - mean);
  return result;
}

// out[n] = the normalised row; `seen` is told of each element.
template <class Seen>
void normalize_row(const float* in, int n, const float* gamma, const float* beta, float* out,
                   Seen&& seen) {
  const float mean = row_sum(in, n) / static_cast<float>(n);
  const float variance = row_deviation(in, n, mean) / static_cast<float>(n);
  const float scale = 1.0f / std::sqrt(variance + kEpsilon);
  const F32x4 m = splat(mean), s = splat(scale);
  int i = 0;
  for (; i + 4 <= n; i += 4) {
    const F32x4 y = mul_add(mul(sub(load(in + i), m), s), load(gamma + i), load(beta + i));
    store(out + i, y);
    seen(y);
  }
  for (; i < n; ++i) {
    out[i] = (in[i] - mean) * scale * gamma[i] + beta[i];
    seen(out[i]);
  }
}

template <class Rows>
void normalize_and_quantize(ConstMatrixF32 x, const float* gamma, const float* beta, float* row,
                            Rows& out) {
  out.rows = x.rows;
  out.k = x.cols;
  for (int r = 0; r < x.rows; ++r) {
    RowRange range;
    normalize_row(x.row(r), x.cols, gamma, beta, row, [&](auto y) { range.include(y); });
    quantize_row(row, range, r, out);
  }
}

}  // namespace

void layer_norm_f32(ConstMatrixF32 x, const float* gamma, const float* beta, MatrixF32 y) {
  for (int r = 0; r < x.rows; ++r) {
    normalize_row(x.row(r), x.cols, gamma, beta, y.row(r), [](auto) {});
  }
}

void layer_norm_quantize(ConstMatrixF32 x, const float* gamma, const float* beta, float* row,
                         QuantRows& out) {
  normalize_and_quantize(x, gamma, beta, row, out);
}
void layer_norm_quantize(ConstMatrixF32 x, const float* gamma, const float* beta, float* row,
                         FineRows& out) {
  normalize_and_quantize(x, gamma, beta, row, out);
}

}  // namespace sotto
