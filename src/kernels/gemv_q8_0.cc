#include "kernels/gemv_q8_0.h"

#include <algorithm>

#include "kernels/q8_tile.h"
#include "simd/simd.h"

namespace sotto {

using namespace simd;

namespace {

// Products of one row of x with the eight rows of tile t.
void multiply_row(const QuantRows& x, int m, const KTiles& w, int t, F32x4 (&out)[2]) {
  const TileQ8_0* tile = w.tile<TileQ8_0>(t);
  const DotInput* row = x.row(m);
  F32x4 acc[2] = {zero_f32(), zero_f32()};
  for (int i = 0; i < w.k; i += kGgmlBlock, ++tile, row += kGgmlBlock) {
    I32x4 sums[1][2];
    multiply_tile<1>(&row, tile->q[0], kGgmlBlock, sums);
    for (int h = 0; h < 2; ++h) {
      acc[h] = add(acc[h], mul(load(tile->d + 4 * h), to_f32(sums[0][h])));
    }
  }
  const F32x4 zero = splat(static_cast<float>(x.zero[m])), scale = splat(x.scale[m]);
  for (int h = 0; h < 2; ++h) {
    const F32x4 correction = mul(load(w.row_sum + t * kTileN + 4 * h), zero);
    out[h] = mul(sub(acc[h], correction), scale);
  }
}

}  // namespace

void gemv_q8_0(const QuantRows& x, const KTiles& w, const float* bias, Epilogue epilogue,
               MatrixF32 y) {
  for (int t = 0; t * kTileN < w.n; ++t) {
    const int n = t * kTileN;
    const int count = std::min(kTileN, w.n - n);
    const TileBias b(bias == nullptr ? nullptr : bias + n, count);
    for (int m = 0; m < x.rows; ++m) {
      F32x4 products[2];
      multiply_row(x, m, w, t, products);
      finish_tile(epilogue, add(products[0], b.lo), add(products[1], b.hi), y.row(m) + n, count);
    }
  }
}

}  // namespace sotto
