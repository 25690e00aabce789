// The innermost product of int8 kernels: a few rows by the eight outputs of one tile.
#pragma once

#include "quant/formats.h"
#include "simd/simd.h"

namespace sotto {

// acc[R][first .. first + Q) = the int32 sums of R rows by Q quads of outputs over `k` inputs (a
// multiple of 4). `w` is the first quad's first step; see Q8Tiles for the layout.
template <int R, int Q>
void multiply_quads(const simd::DotInput* const* rows, const int8_t* w, int k, int first,
                    simd::I32x4 (*acc)[2]) {
  constexpr int kQuadBytes = 4 * kTileStepK;
  simd::DotSum sums[R][Q];
  for (auto& row : sums) {
    for (simd::DotSum& sum : row) sum = simd::dot_zero();
  }
  for (int i = 0; i < k; i += kTileStepK, w += kTileN * kTileStepK) {
    simd::DotW weights[Q];
    for (int q = 0; q < Q; ++q) weights[q] = simd::load_dot_w(w + q * kQuadBytes);
    for (int r = 0; r < R; ++r) {
      const simd::DotX x = simd::load_dot_x(rows[r] + i);
      for (int q = 0; q < Q; ++q) sums[r][q] = simd::dot(x, weights[q], sums[r][q]);
    }
  }
  for (int r = 0; r < R; ++r) {
    for (int q = 0; q < Q; ++q) acc[r][first + q] = simd::dot_result(sums[r][q]);
  }
}

// The same for all eight outputs of a tile, as many at a time as the backend's registers hold.
template <int R>
void multiply_tile(const simd::DotInput* const* rows, const int8_t* tile, int k,
                   simd::I32x4 (*acc)[2]) {
  for (int q = 0; q < 2; q += simd::kGemmQuads) {
    multiply_quads<R, simd::kGemmQuads>(rows, tile + q * 4 * kTileStepK, k, q, acc);
  }
}

}  // namespace sotto
