// The innermost product of int8 kernels: a few rows by the eight outputs of one tile.
#pragma once

#include "quant/formats.h"
#include "simd/simd.h"

namespace sotto {

// acc[R][first .. first + Q) = the int32 sums of R rows by Q quads of outputs over `k` inputs (a
// multiple of 4). `w` is the first quad's first step; see Q8Tiles for the layout. Dot is
// simd::FastDot or simd::FineDot.
template <class Dot, int R, int Q>
void multiply_quads(const typename Dot::Input* const* rows, const int8_t* w, int k, int first,
                    simd::I32x4 (*acc)[2]) {
  constexpr int kQuadBytes = 4 * kTileStepK;
  typename Dot::Sum sums[R][Q];
  for (auto& row : sums) {
    for (auto& sum : row) sum = Dot::zero();
  }
  for (int i = 0; i < k; i += kTileStepK, w += kTileN * kTileStepK) {
    typename Dot::W weights[Q];
    for (int q = 0; q < Q; ++q) weights[q] = Dot::load_w(w + q * kQuadBytes);
    for (int r = 0; r < R; ++r) {
      const typename Dot::X x = Dot::load_x(rows[r] + i);
      for (int q = 0; q < Q; ++q) sums[r][q] = Dot::add(x, weights[q], sums[r][q]);
    }
  }
  for (int r = 0; r < R; ++r) {
    for (int q = 0; q < Q; ++q) acc[r][first + q] = Dot::result(sums[r][q]);
  }
}

// The same for all eight outputs of a tile, as many at a time as the backend's registers hold; one
// row leaves them enough for all.
template <int R, class Dot = simd::FastDot>
void multiply_tile(const typename Dot::Input* const* rows, const int8_t* tile, int k,
                   simd::I32x4 (*acc)[2]) {
  constexpr int kQuads = R == 1 ? 2 : Dot::kQuads;
  for (int q = 0; q < 2; q += kQuads) {
    multiply_quads<Dot, R, kQuads>(rows, tile + q * 4 * kTileStepK, k, q, acc);
  }
}

// The same as a function of its own, for Dot::kRows rows or for one. Where a kernel holds more than
// the product, V8 runs out of registers, keeps some of the sums in memory, and each step waits for
// them to come back. It takes in what is short; both numbers of rows together are not.
template <class Dot>
[[gnu::noinline]] void multiply_tile_apart(const typename Dot::Input* const* rows, int count,
                                           const int8_t* tile, int k, simd::I32x4 (*acc)[2]) {
  if (count == Dot::kRows) {
    multiply_tile<Dot::kRows, Dot>(rows, tile, k, acc);
  } else {
    multiply_tile<1, Dot>(rows, tile, k, acc);
  }
}

}  // namespace sotto
