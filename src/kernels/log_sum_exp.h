// The sum behind the probabilities of a vocabulary.
#pragma once

namespace sotto {

// sum of exp(x[i] - largest) for x[n], none of which is above `largest`, which is finite. Terms
// below e^-87 count as that, and so does what is no number.
float sum_exp_f32(const float* x, int n, float largest);

}  // namespace sotto
