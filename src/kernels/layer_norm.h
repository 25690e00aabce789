// Layer normalisation over rows.
#pragma once

#include "base/tensor.h"
#include "kernels/quantize_rows.h"

namespace sotto {

// y[m, n] = (x - mean(x)) / sqrt(var(x) + 1e-5) * gamma[n] + beta[n], mean and (biased) variance
// over each row of n elements. The epsilon is torch.nn.LayerNorm's default, which Whisper uses.
// y may be x. n >= 1.
void layer_norm_f32(ConstMatrixF32 x, const float* gamma, const float* beta, MatrixF32 y);

// The same, quantised: out as quantize_rows(y, out) fills it, while a row at a time exists in f32,
// in row[n]. row may be x's first.
void layer_norm_quantize(ConstMatrixF32 x, const float* gamma, const float* beta, float* row,
                         QuantRows& out);
void layer_norm_quantize(ConstMatrixF32 x, const float* gamma, const float* beta, float* row,
                         FineRows& out);

}  // namespace sotto
