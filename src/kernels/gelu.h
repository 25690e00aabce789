// The Gaussian error linear unit, exact form: gelu(x) = x / 2 * (1 + erf(x / sqrt(2))).
#pragma once

#include "simd/simd.h"

namespace sotto {

// On four lanes, with an absolute error below 3e-7 * max(1, |x|).
simd::F32x4 gelu_f32x4(simd::F32x4 x);

// x[n] = gelu(x[n]), in place.
void gelu_f32(float* x, int n);

}  // namespace sotto
