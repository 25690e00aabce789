#include "kernels/lstm_cell.h"

#include <algorithm>

#include "kernels/sigmoid.h"
#include "simd/simd.h"

namespace sotto {

using namespace simd;

namespace {

// Four cells, whose gates stand `n` apart.
void four_cells(const float* gates, int n, float* c, float* h) {
  const F32x4 kept = mul(sigmoid_f32x4(load(gates + n)), load(c));
  const F32x4 cell = mul_add(sigmoid_f32x4(load(gates)), tanh_f32x4(load(gates + 2 * n)), kept);
  store(c, cell);
  store(h, mul(sigmoid_f32x4(load(gates + 3 * n)), tanh_f32x4(cell)));
}

}  // namespace

void lstm_cell_f32(const float* gates, int n, float* c, float* h) {
  int j = 0;
  for (; j + 4 <= n; j += 4) four_cells(gates + j, n, c + j, h + j);
  if (j == n) return;
  float tail_gates[16] = {}, tail_c[4] = {}, tail_h[4];
  for (int gate = 0; gate < 4; ++gate) {
    std::copy_n(gates + gate * n + j, n - j, tail_gates + 4 * gate);
  }
  std::copy_n(c + j, n - j, tail_c);
  four_cells(tail_gates, 4, tail_c, tail_h);
  std::copy_n(tail_c, n - j, c + j);
  std::copy_n(tail_h, n - j, h + j);
}

}  // namespace sotto
