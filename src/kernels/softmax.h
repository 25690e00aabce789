// Softmax without its division.
#pragma once

namespace sotto {

// x[n] = exp(scale * (x[n] - max(x))), in place; returns the sum, by which the caller divides what
// it makes of x, or 0 where n is 0. scale > 0.
float softmax_exp_f32(float* x, int n, float scale);

}  // namespace sotto
