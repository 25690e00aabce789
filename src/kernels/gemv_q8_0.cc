#include "kernels/gemv_q8_0.h"

#include <algorithm>

#include "kernels/q8_tile.h"
#include "kernels/row_groups.h"
#include "simd/simd.h"

namespace sotto {

using namespace simd;

namespace {

struct Job {
  const QuantRows& x;
  const KTiles& w;
  const float* bias;
  Epilogue epilogue;
  MatrixF32 y;
};

// Rows [m, m + R) of x by the eight outputs of tile t.
template <int R>
void multiply_rows(const Job& job, int m, int t) {
  const TileQ8_0* tile = job.w.tile<TileQ8_0>(t);
  const DotInput* rows[R];
  for (int r = 0; r < R; ++r) rows[r] = job.x.row(m + r);
  F32x4 acc[R][2];
  for (auto& row : acc) row[0] = row[1] = zero_f32();
  for (int b = 0; b < job.w.k / kGgmlBlock; ++b, ++tile) {
    I32x4 sums[R][2];
    multiply_tile<R>(rows, tile->q[0], kGgmlBlock, sums);
    for (int r = 0; r < R; ++r) {
      for (int h = 0; h < 2; ++h) {
        acc[r][h] = add(acc[r][h], mul(load(tile->d + 4 * h), to_f32(sums[r][h])));
      }
      rows[r] += kGgmlBlock;
    }
  }

  const int n = t * kTileN;
  const int count = std::min(kTileN, job.w.n - n);
  const TileBias bias(job.bias == nullptr ? nullptr : job.bias + n, count);
  for (int r = 0; r < R; ++r) {
    const F32x4 zero = splat(static_cast<float>(job.x.zero[m + r]));
    const F32x4 scale = splat(job.x.scale[m + r]);
    for (int h = 0; h < 2; ++h) {
      const F32x4 correction = mul(load(job.w.row_sum + n + 4 * h), zero);
      acc[r][h] = mul(sub(acc[r][h], correction), scale);
    }
    finish_tile(job.epilogue, add(acc[r][0], bias.lo), add(acc[r][1], bias.hi),
                job.y.row(m + r) + n, count);
  }
}

}  // namespace

void gemv_q8_0(const QuantRows& x, const KTiles& w, const float* bias, Epilogue epilogue,
               MatrixF32 y) {
  const Job job{x, w, bias, epilogue, y};
  for (int t = 0; t * kTileN < w.n; ++t) {
    for_row_groups<kGemmRows, 1>(x.rows, [&]<int R>(int m) { multiply_rows<R>(job, m, t); });
    finish_columns(epilogue, y, t);
  }
}

}  // namespace sotto
