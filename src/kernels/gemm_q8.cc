#include "kernels/gemm_q8.h"

#include <algorithm>

#include "kernels/q8_tile.h"
#include "kernels/row_groups.h"
#include "simd/simd.h"

namespace sotto {

using namespace simd;

namespace {

// What turns the int32 sums of one tile into f32.
struct TileScale {
  F32x4 scale_lo, scale_hi;
  I32x4 sum_lo, sum_hi;

  TileScale(const Q8Tiles& w, int n)
      : scale_lo(load(w.scale + n)),
        scale_hi(load(w.scale + n + 4)),
        sum_lo(load(w.row_sum + n)),
        sum_hi(load(w.row_sum + n + 4)) {}
};

F32x4 rescale(I32x4 acc, I32x4 row_sum, int32_t zero, F32x4 w_scale, float x_scale) {
  return mul(to_f32(sub(acc, mul(row_sum, splat(zero)))), mul(w_scale, splat(x_scale)));
}

template <class Dot>
struct TileJob {
  const QuantRowsOf<Dot>& x;
  const Q8Tiles& w;
  const float* bias;
  Epilogue epilogue;
  MatrixF32 y;
};

// Rows [m, m + R) of y, at the outputs of tile t, from their sums over activations that are
// `offset` smaller than the row's own.
template <int R, class Dot>
void store_tile(const TileJob<Dot>& job, int m, int t, const I32x4 (&acc)[R][2], int32_t offset) {
  const int n = t * kTileN;
  const int count = std::min(kTileN, job.w.n - n);
  const TileScale s(job.w, n);
  const TileBias b(job.bias == nullptr ? nullptr : job.bias + n, count);
  for (int r = 0; r < R; ++r) {
    const int32_t zero = job.x.zero[m + r] - offset;
    const float scale = job.x.scale[m + r];
    finish_tile(job.epilogue, add(rescale(acc[r][0], s.sum_lo, zero, s.scale_lo, scale), b.lo),
                add(rescale(acc[r][1], s.sum_hi, zero, s.scale_hi, scale), b.hi),
                job.y.row(m + r) + n, count);
  }
}

// Rows [m, m + R) by the eight outputs of tile t. Product multiplies Dot's activations.
template <class Product, int R, class Dot>
void tile_q8(const TileJob<Dot>& job, int m, int t) {
  const typename Dot::Input* rows[R];
  for (int r = 0; r < R; ++r) rows[r] = job.x.row(m + r);
  I32x4 acc[R][2];
  multiply_weights<R, Product>(rows, job.w, t, acc);
  store_tile<R>(job, m, t, acc, 0);
}

template <class Product, class Dot>
void gemm(const TileJob<Dot>& job) {
  // The weights of a tile stay in the first-level cache while all rows pass by.
  for (int t = 0; t * kTileN < job.w.n; ++t) {
    for_row_groups<Product::kRows, 2, 1>(job.x.rows,
                                         [&]<int R>(int m) { tile_q8<Product, R>(job, m, t); });
    finish_columns(job.epilogue, job.y, t);
  }
}

// One row of fine activations, as row_tiles multiplies it.
struct FineRow : FineDot {
  const Input* q;

  FineRow(const Input* x, int) : q(x) {}
  static int32_t offset() { return 0; }
  X load_x(int i) const { return FineDot::load_x(q + i); }
};

// The same as two rows of bytes: each activation is 256 high + low + offset.
struct SplitRow {
  struct X {
    DotX low, high;
  };
  using W = DotW;
  struct Sum {
    DotSum low, high;
  };
  // More than any layer of Whisper has; what is longer is not split.
  static constexpr int kMost = 8192;

  alignas(16) DotInput low[kMost];
  alignas(16) DotInput high[kMost];

  SplitRow(const FineDot::Input* x, int n) {
    for (int i = 0; i < n; ++i) {
      low[i] = static_cast<DotInput>((x[i] & 255) - offset());
      high[i] = static_cast<DotInput>(x[i] >> 8);
    }
  }
  static int32_t offset() { return split_offset(); }
  X load_x(int i) const { return {load_dot_x(low + i), load_dot_x(high + i)}; }
  static W load_w(const int8_t* p) { return load_dot_w(p); }
  static Sum zero() { return {dot_zero(), dot_zero()}; }
  static Sum add(X x, W w, Sum sum) { return {dot(x.low, w, sum.low), dot(x.high, w, sum.high)}; }
  static I32x4 result(Sum sum) {
    return simd::add(mul(dot_result(sum.high), splat(256)), dot_result(sum.low));
  }
};

// The row by the outputs of tiles t and t + step. The sums of one tile alone would wait for
// themselves, and one stream of weights for memory.
constexpr int kRowTiles = 2;
template <class Row>
void row_tiles(const TileJob<FineDot>& job, const Row& row, int t, int step) {
  const int8_t* tile[kRowTiles];
  typename Row::Sum sums[kRowTiles][2];
  for (int j = 0; j < kRowTiles; ++j) {
    tile[j] = job.w.tiles + job.w.tile_bytes() * (t + j * step);
    for (auto& sum : sums[j]) sum = Row::zero();
  }
  const int k = padded_k(job.w.k);
  for (int i = 0; i < k; i += kTileStepK) {
    const typename Row::X x = row.load_x(i);
    for (int j = 0; j < kRowTiles; ++j) {
      for (int q = 0; q < 2; ++q) {
        const typename Row::W w = Row::load_w(tile[j] + i * kTileN + q * 4 * kTileStepK);
        sums[j][q] = Row::add(x, w, sums[j][q]);
      }
    }
  }
  for (int j = 0; j < kRowTiles; ++j) {
    const I32x4 acc[1][2] = {{Row::result(sums[j][0]), Row::result(sums[j][1])}};
    store_tile<1>(job, 0, t + j * step, acc, Row::offset());
  }
}

template <class Row>
void multiply_row(const TileJob<FineDot>& job) {
  const Row row(job.x.row(0), padded_k(job.w.k));
  const int tiles = static_cast<int>(job.w.tile_count());
  const int step = tiles / kRowTiles;
  for (int t = 0; t < step; ++t) row_tiles(job, row, t, step);
  for (int t = step * kRowTiles; t < tiles; ++t) tile_q8<FineDot, 1>(job, 0, t);
  for (int t = 0; t < tiles; ++t) finish_columns(job.epilogue, job.y, t);
}

}  // namespace

void gemm_q8(const QuantRows& x, const Q8Tiles& w, const float* bias, Epilogue epilogue,
             MatrixF32 y) {
  const TileJob<FastDot> job{x, w, bias, epilogue, y};
  if (in_pairs() && w.split.is_split() && fits_twice(x.range)) {
    gemm<TwicePairedDot>(job);
  } else {
    with_fast_dot([&]<class Product>() { gemm<Product>(job); });
  }
}

void gemm_q8(const FineRows& x, const Q8Tiles& w, const float* bias, Epilogue epilogue,
             MatrixF32 y) {
  const TileJob<FineDot> job{x, w, bias, epilogue, y};
  if (x.rows == 1 && split_is_faster() && padded_k(w.k) <= SplitRow::kMost) {
    multiply_row<SplitRow>(job);
  } else if (x.rows == 1) {
    multiply_row<FineRow>(job);
  } else {
    gemm<FineDot>(job);
  }
}

}  // namespace sotto
