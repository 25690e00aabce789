// The Gaussian error linear unit, exact form: gelu(x) = x / 2 * (1 + erf(x / sqrt(2))).
#pragma once

#include "base/tensor.h"
#include "kernels/quantize_rows.h"

namespace sotto {

// x[n] = gelu(x[n]), in place, with an absolute error below 3e-7 * max(1, |x|).
void gelu_f32(float* x, int n);

// gelu(x[m, k]), quantised: out as quantize_rows fills it, while a row at a time exists in f32, in
// row[k]. row may be x's first.
void gelu_quantize(ConstMatrixF32 x, float* row, QuantRows& out);
void gelu_quantize(ConstMatrixF32 x, float* row, FineRows& out);

}  // namespace sotto
