#include "kernels/gemm_f32.h"

#include <algorithm>

#include "kernels/row_groups.h"
#include "simd/simd.h"

namespace sotto {

using namespace simd;

namespace {

constexpr int kRowTiles = 4;

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

// One row by the 32 outputs of four tiles: as many sums at a time as four rows by one tile have, so
// that none waits for the one before.
void row_f32(ConstMatrixF32 x, const F32Tiles& w, int n, const float* bias, Epilogue epilogue,
             MatrixF32 y) {
  F32x4 lo[kRowTiles], hi[kRowTiles];
  const float* tiles[kRowTiles];
  for (int t = 0; t < kRowTiles; ++t) {
    lo[t] = hi[t] = zero_f32();
    tiles[t] = w.tiles + static_cast<size_t>(w.k) * (n + t * kTileN);
  }
  for (int i = 0; i < x.cols; ++i) {
    const F32x4 v = splat(x.data[i]);
    for (int t = 0; t < kRowTiles; ++t) {
      lo[t] = mul_add(v, load(tiles[t] + i * kTileN), lo[t]);
      hi[t] = mul_add(v, load(tiles[t] + i * kTileN + 4), hi[t]);
    }
  }
  for (int t = 0; t < kRowTiles; ++t) {
    const int first = n + t * kTileN;
    const TileBias tile_bias(bias == nullptr ? nullptr : bias + first, kTileN);
    finish_tile(epilogue, add(lo[t], tile_bias.lo), add(hi[t], tile_bias.hi), y.data + first,
                kTileN);
    finish_columns(epilogue, y, first / kTileN);
  }
}

}  // namespace

void gemm_f32(ConstMatrixF32 x, const F32Tiles& w, const float* bias, Epilogue epilogue,
              MatrixF32 y) {
  constexpr int kRows = 6;
  int n = 0;
  if (x.rows == 1) {
    for (; n + kRowTiles * kTileN <= w.n; n += kRowTiles * kTileN) {
      row_f32(x, w, n, bias, epilogue, y);
    }
  }
  for (; n < w.n; n += kTileN) {
    const float* tile = w.tiles + static_cast<size_t>(w.k) * n;
    const int count = std::min(kTileN, w.n - n);
    const TileBias tile_bias(bias == nullptr ? nullptr : bias + n, count);
    for_row_groups<kRows, 4, 2, 1>(x.rows, [&]<int R>(int m) {
      tile_f32<R>(x.row_range(m, R), tile, tile_bias, epilogue,
                  y.row_range(m, R).col_range(n, count));
    });
    finish_columns(epilogue, y, n / kTileN);
  }
}

}  // namespace sotto
