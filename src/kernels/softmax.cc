#include "kernels/softmax.h"

#include "kernels/exp.h"
#include "kernels/maximum.h"
#include "simd/simd.h"

namespace sotto {

using namespace simd;

void add_score_bias_f32(float* x, const float* bias, int n, float scale) {
  if (bias == nullptr) return;
  const float inverse = 1.0f / scale;
  int i = 0;
  for (; i + 4 <= n; i += 4) {
    store(x + i, mul_add(load(bias + i), splat(inverse), load(x + i)));
  }
  for (; i < n; ++i) x[i] += bias[i] * inverse;
}

float softmax_exp_f32(float* x, int n, float scale) {
  if (n == 0) return 0;
  const float maximum = max_f32(x, n);
  const F32x4 m = splat(maximum), s = splat(scale);
  F32x4 total = zero_f32();
  int i = 0;
  for (; i + 4 <= n; i += 4) {
    const F32x4 e = exp_f32x4(mul(sub(load(x + i), m), s));
    store(x + i, e);
    total = add(total, e);
  }
  float result = sum(total);
  if (i < n) {
    float tail[4] = {};
    for (int j = i; j < n; ++j) tail[j - i] = (x[j] - maximum) * scale;
    store(tail, exp_f32x4(load(tail)));
    for (int j = i; j < n; ++j) {
      x[j] = tail[j - i];
      result += x[j];
    }
  }
  return result;
}

}  // namespace sotto
