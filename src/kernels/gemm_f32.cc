#include "kernels/gemm_f32.h"

#include <algorithm>

#include "kernels/row_groups.h"
#include "simd/simd.h"

namespace sotto {

using namespace simd;

namespace {

// R rows of x by the eight outputs of one tile: 2 R accumulators in registers.
template <int R>
void tile_f32(ConstMatrixF32 x, const float* w, const TileBias& bias, Epilogue epilogue,
              MatrixF32 y) {
  F32x4 lo[R], hi[R];
  const float* rows[R];
  for (int r = 0; r < R; ++r) {
    lo[r] = hi[r] = zero_f32();
    rows[r] = x.row(r);
  }
  for (int i = 0; i < x.cols; ++i, w += kTileN) {
    const F32x4 w_lo = load(w), w_hi = load(w + 4);
    for (int r = 0; r < R; ++r) {
      const F32x4 v = splat(rows[r][i]);
      lo[r] = mul_add(v, w_lo, lo[r]);
      hi[r] = mul_add(v, w_hi, hi[r]);
    }
  }
  for (int r = 0; r < R; ++r) {
    finish_tile(epilogue, add(lo[r], bias.lo), add(hi[r], bias.hi), y.row(r), y.cols);
  }
}

}  // namespace

void gemm_f32(ConstMatrixF32 x, const F32Tiles& w, const float* bias, Epilogue epilogue,
              MatrixF32 y) {
  constexpr int kRows = 4;
  const float* tile = w.tiles;
  for (int n = 0; n < w.n; n += kTileN, tile += static_cast<size_t>(w.k) * kTileN) {
    const int count = std::min(kTileN, w.n - n);
    const TileBias tile_bias(bias == nullptr ? nullptr : bias + n, count);
    for_row_groups<kRows>(x.rows, [&]<int R>(int m) {
      tile_f32<R>(x.row_range(m, R), tile, tile_bias, epilogue,
                  y.row_range(m, R).col_range(n, count));
    });
    finish_columns(epilogue, y, n / kTileN);
  }
}

}  // namespace sotto
