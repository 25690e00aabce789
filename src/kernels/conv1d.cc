#include "kernels/conv1d.h"

#include <algorithm>

#include "kernels/epilogue.h"
#include "kernels/gemm_f32.h"
#include "kernels/q8_tile.h"
#include "kernels/row_groups.h"
#include "simd/simd.h"

namespace sotto {

using namespace simd;

namespace {

// The sums of the taps before, in f32, want registers too.
constexpr int kRows = 4;

struct ConvJob {
  const QuantRows& x;
  int step;
  const Q8Tiles (&taps)[kConvTaps];
  const float* bias;
  MatrixF32 y;
};

// Adds what tap j gives outputs [m, m + R) of tile t: int32 sums, each row's in its own steps.
template <class Dot, int R>
void add_tap(const ConvJob& job, int j, int m, int t, F32x4 (*total)[2]) {
  const Q8Tiles& w = job.taps[j];
  const DotInput* rows[R];
  for (int r = 0; r < R; ++r) rows[r] = job.x.row((m + r) * job.step + j);
  I32x4 acc[R][2];
  multiply_weights<R, Dot>(rows, w, t, acc);
  for (int q = 0; q < 2; ++q) {
    const I32x4 row_sum = load(w.row_sum + t * kTileN + 4 * q);
    const F32x4 scale = load(w.scale + t * kTileN + 4 * q);
    for (int r = 0; r < R; ++r) {
      const int row = (m + r) * job.step + j;
      const F32x4 product = to_f32(sub(acc[r][q], mul(row_sum, splat(job.x.zero[row]))));
      total[r][q] = mul_add(product, mul(scale, splat(job.x.scale[row])), total[r][q]);
    }
  }
}

template <class Dot, int R>
void convolve_tile(const ConvJob& job, int m, int t) {
  const int n = t * kTileN, count = std::min(kTileN, job.taps[0].n - n);
  const TileBias bias(job.bias + n, count);
  F32x4 total[R][2];
  for (auto& row : total) row[0] = bias.lo, row[1] = bias.hi;
  for (int j = 0; j < kConvTaps; ++j) add_tap<Dot, R>(job, j, m, t, total);
  for (int r = 0; r < R; ++r) {
    finish_tile(Epilogue::kGelu, total[r][0], total[r][1], job.y.row(m + r) + n, count);
  }
}

template <class Dot>
void convolve(const ConvJob& job) {
  for (int t = 0; t * kTileN < job.taps[0].n; ++t) {
    for_row_groups<kRows, 1>(job.y.rows, [&]<int R>(int m) { convolve_tile<Dot, R>(job, m, t); });
    finish_columns(Epilogue::kGelu, job.y, t);
  }
}

}  // namespace

void conv1d_gelu_f32(const ConvInput& x, const F32Tiles& w, const float* bias, MatrixF32 y) {
  const int cols = x.padded.cols;
  const ConstMatrixF32 windows(x.padded.row(x.first * x.step), y.rows, kConvTaps * cols,
                               x.step * cols);
  gemm_f32(windows, w, bias, Epilogue::kGelu, y);
}

void conv1d_gelu_q8(const ConvInput& x, const Q8Tiles (&taps)[kConvTaps], const float* bias,
                    QuantRows& rows, MatrixF32 y) {
  rows.range = input_range(taps[0]);
  quantize_rows(x.padded.row_range(x.first * x.step, rows_read(x.step, y.rows)), rows);
  const ConvJob job{rows, x.step, taps, bias, y};
  with_fast_dot([&]<class Dot>() { convolve<Dot>(job); });
}

}  // namespace sotto
