// The logistic function, by which gates of recurrent networks open and close.
#pragma once

namespace sotto {

// x[i] = 1 / (1 + e^-x[i]) for i in [0, n), in place, with a relative error below 4e-7. What is not
// a number becomes 0 or 1.
void sigmoid_f32(float* x, int n);

}  // namespace sotto
