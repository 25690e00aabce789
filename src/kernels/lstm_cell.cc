#include "kernels/lstm_cell.h"

#include "kernels/sigmoid.h"

namespace sotto {

// The exponentials are what takes time, so that the rest is plain.
void lstm_cell_f32(float* gates, int n, float* c, float* h) {
  const float* input = gates;
  const float* forget = gates + n;
  float* inner = gates + 2 * n;
  const float* output = gates + 3 * n;
  for (int j = 0; j < n; ++j) inner[j] += inner[j];
  sigmoid_f32(gates, 4 * n);
  for (int j = 0; j < n; ++j) {
    c[j] = forget[j] * c[j] + input[j] * (2 * inner[j] - 1);
    inner[j] = 2 * c[j];
  }
  sigmoid_f32(inner, n);
  for (int j = 0; j < n; ++j) h[j] = output[j] * (2 * inner[j] - 1);
}

}  // namespace sotto
