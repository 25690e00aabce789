#include "kernels/gelu.h"

#include "kernels/exp.h"

namespace sotto {

using namespace simd;

// erf by Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26: absolute error below
// 1.5e-7. With z = |x| / sqrt(2) and t = 1 / (1 + 0.3275911 z), erf(z) = 1 - P(t) exp(-z^2).
F32x4 gelu_f32x4(F32x4 x) {
  const F32x4 z = mul(abs(x), splat(0.70710678118f));
  const F32x4 t = div(splat(1.0f), mul_add(z, splat(0.3275911f), splat(1.0f)));
  F32x4 p = splat(1.061405429f);
  p = mul_add(p, t, splat(-1.453152027f));
  p = mul_add(p, t, splat(1.421413741f));
  p = mul_add(p, t, splat(-0.284496736f));
  p = mul_add(p, t, splat(0.254829592f));
  // Beyond z^2 = 60 the tail is below 1e-27 and set to zero: smaller still it would become
  // subnormal, which processors multiply a hundred times slower.
  const F32x4 z2 = mul(z, z);
  const F32x4 e = select_less(z2, splat(60.0f), exp_f32x4(sub(zero_f32(), z2)), zero_f32());
  // Half of 1 - erf(z), the share that a negative x keeps of itself.
  const F32x4 tail = mul(mul(mul(p, t), e), splat(0.5f));
  return mul(x, select_less(x, zero_f32(), tail, sub(splat(1.0f), tail)));
}

void gelu_f32(float* x, int n) {
  int i = 0;
  for (; i + 4 <= n; i += 4) store(x + i, gelu_f32x4(load(x + i)));
  if (i == n) return;
  float tail[4] = {};
  for (int j = i; j < n; ++j) tail[j - i] = x[j];
  store(tail, gelu_f32x4(load(tail)));
  for (int j = i; j < n; ++j) x[j] = tail[j - i];
}

}  // namespace sotto
