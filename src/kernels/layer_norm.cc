#include "kernels/layer_norm.h"

#include <cmath>

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

}  // namespace

void layer_norm_f32(ConstMatrixF32 x, const float* gamma, const float* beta, MatrixF32 y) {
  const int n = x.cols;
  for (int r = 0; r < x.rows; ++r) {
    const float* in = x.row(r);
    float* out = y.row(r);
    const float mean = row_sum(in, n) / static_cast<float>(n);
    const float variance = row_deviation(in, n, mean) / static_cast<float>(n);
    const float scale = 1.0f / std::sqrt(variance + kEpsilon);
    const F32x4 m = splat(mean), s = splat(scale);
    int i = 0;
    for (; i + 4 <= n; i += 4) {
      store(out + i, mul_add(mul(sub(load(in + i), m), s), load(gamma + i), load(beta + i)));
    }
    for (; i < n; ++i) out[i] = (in[i] - mean) * scale * gamma[i] + beta[i];
  }
}

}  // namespace sotto
