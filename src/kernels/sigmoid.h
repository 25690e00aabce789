// The logistic function and the hyperbolic tangent on four lanes.
#pragma once

#include "kernels/exp.h"
#include "simd/simd.h"

namespace sotto {

// 1 / (1 + e^-x), with a relative error below 4e-7; what is not a number gives 0 or 1.
inline simd::F32x4 sigmoid_f32x4(simd::F32x4 x) {
  using namespace simd;
  const F32x4 one = splat(1.0f);
  return div(one, add(one, exp_f32x4(sub(zero_f32(), x))));
}

// The same for one number.
inline float sigmoid_f32(float x) {
  float lanes[4];
  simd::store(lanes, sigmoid_f32x4(simd::splat(x)));
  return lanes[0];
}

// tanh(x) = 2 sigmoid(2 x) - 1, with an absolute error below 4e-7: near zero, where that is no
// small share of x, it serves gates and not more.
inline simd::F32x4 tanh_f32x4(simd::F32x4 x) {
  using namespace simd;
  const F32x4 s = sigmoid_f32x4(add(x, x));
  return sub(add(s, s), splat(1.0f));
}

}  // namespace sotto
