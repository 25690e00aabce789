// e^x on four lanes, shared by softmax and GELU.
#pragma once

#include "simd/simd.h"

namespace sotto {

// exp(x) with a relative error below 3e-7; x below -87 counts as -87 (1.6e-38), above 88 as 88.
//
// x = n ln 2 + r with |r| <= ln(2) / 2, exp(x) = 2^n exp(r); exp(r) by its Taylor series to r^7,
// whose remainder is below 6e-9. ln 2 is split in two (Cody and Waite) so that n ln 2 is exact.
inline simd::F32x4 exp_f32x4(simd::F32x4 x) {
  using namespace simd;
  x = min(max(x, splat(-87.0f)), splat(88.0f));
  const I32x4 n = round_to_i32(mul(x, splat(1.44269504089f)));
  const F32x4 nf = to_f32(n);
  F32x4 r = sub(x, mul(nf, splat(0.693359375f)));
  r = sub(r, mul(nf, splat(-2.12194440e-4f)));
  F32x4 p = splat(1.0f / 5040);
  p = mul_add(p, r, splat(1.0f / 720));
  p = mul_add(p, r, splat(1.0f / 120));
  p = mul_add(p, r, splat(1.0f / 24));
  p = mul_add(p, r, splat(1.0f / 6));
  p = mul_add(p, r, splat(0.5f));
  p = mul_add(p, r, splat(1.0f));
  p = mul_add(p, r, splat(1.0f));
  return mul(p, exp2_int(n));
}

}  // namespace sotto
