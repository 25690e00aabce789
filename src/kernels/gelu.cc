#include "kernels/gelu.h"

#include "simd/simd.h"

namespace sotto {

using namespace simd;

void gelu_f32(float* x, int n) {
  int i = 0;
  for (; i + 4 <= n; i += 4) store(x + i, gelu_f32x4(load(x + i)));
  if (i == n) return;
  float tail[4] = {};
  for (int j = i; j < n; ++j) tail[j - i] = x[j];
  store(tail, gelu_f32x4(load(tail)));
  for (int j = i; j < n; ++j) x[j] = tail[j - i];
}

}  // namespace sotto
