// The largest of a row. What is no number does not count.
#pragma once

namespace sotto {

// The largest of x[n]; minus infinity where there is none.
float max_f32(const float* x, int n);

// The largest magnitude of x[n]; 0 where there is none.
float max_magnitude_f32(const float* x, int n);

}  // namespace sotto
