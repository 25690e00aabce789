// The Gaussian error linear unit, exact form: gelu(x) = x / 2 * (1 + erf(x / sqrt(2))).
#pragma once

#include "simd/simd.h"

namespace sotto {

// On four lanes, with an absolute error below 3e-7 * max(1, |x|).
//
// The share of x that is kept is the normal distribution up to x, 1/2 + x P(x^2) / Q(x^2) with P
// and Q of degree five: absolute error below 5e-9 for |x| <= 5.3 (least squares, reweighted towards
// the largest errors), before rounding. Beyond that the share is 0 or 1 to within 6e-8.
inline simd::F32x4 gelu_f32x4(simd::F32x4 x) {
  using namespace simd;
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

// x[n] = gelu(x[n]), in place.
void gelu_f32(float* x, int n);

}  // namespace sotto
