// Softmax without its division.
#pragma once

namespace sotto {

// x[n] = exp(scale * (x[n] - max(x))), in place; returns the sum, by which the caller divides what
// it makes of x, or 0 where n is 0. scale > 0.
float softmax_exp_f32(float* x, int n, float scale);

// x[n] += bias[n] / scale, so that softmax(scale * x) counts the bias unscaled; nothing where bias
// is nullptr.
void add_score_bias_f32(float* x, const float* bias, int n, float scale);

}  // namespace sotto
