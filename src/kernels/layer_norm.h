// Layer normalisation over rows.
#pragma once

#include "base/tensor.h"

namespace sotto {

// y[m, n] = (x - mean(x)) / sqrt(var(x) + 1e-5) * gamma[n] + beta[n], mean and (biased) variance
// over each row of n elements. The epsilon is torch.nn.LayerNorm's default, which Whisper uses.
// y may be x. n >= 1.
void layer_norm_f32(ConstMatrixF32 x, const float* gamma, const float* beta, MatrixF32 y);

}  // namespace sotto
