// Reductions over the scores of a vocabulary.
#pragma once

namespace sotto {

// The largest number of x[n]; minus infinity where there is none.
float max_f32(const float* x, int n);

// sum of exp(x[i] - largest) for x[n], none of which is above `largest`, which is finite. Terms
// below e^-87 count as that, and so does what is no number.
float sum_exp_f32(const float* x, int n, float largest);

}  // namespace sotto
