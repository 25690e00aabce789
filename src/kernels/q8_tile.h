// The innermost product of int8 kernels: a few rows by the eight outputs of one tile.
#pragma once

#include "quant/formats.h"
#include "simd/simd.h"

namespace sotto {

// acc[R][first .. first + Q) = the int32 sums of R rows by Q quads of outputs over `k` inputs (a
// multiple of kPadK). `w` is the first quad's first step; see Q8Tiles for the layout. Dot is
// simd::FastDot, simd::PairedDot, simd::TwicePairedDot or simd::FineDot.
template <class Dot, int R, int Q>
void multiply_quads(const typename Dot::Input* const* rows, const int8_t* w, int k, int first,
                    simd::I32x4 (*acc)[2]) {
  constexpr int kQuadBytes = 4 * kTileStepK;
  typename Dot::Sum sums[R][Q];
  for (auto& row : sums) {
    for (auto& sum : row) sum = Dot::zero();
  }
  constexpr int kSteps = Dot::kSteps;
  for (int i = 0; i < k; i += kSteps * kTileStepK, w += kSteps * kTileN * kTileStepK) {
    typename Dot::W weights[kSteps][Q];
    for (int s = 0; s < kSteps; ++s) {
      for (int q = 0; q < Q; ++q) {
        weights[s][q] = Dot::load_w(w + s * kTileN * kTileStepK + q * kQuadBytes);
      }
    }
    for (int r = 0; r < R; ++r) {
      const typename Dot::X x = Dot::load_x(rows[r] + i);
      if constexpr (kSteps == 1) {
        for (int q = 0; q < Q; ++q) sums[r][q] = Dot::add(x, weights[0][q], sums[r][q]);
      } else {
        const typename Dot::X next = Dot::load_x(rows[r] + i + kTileStepK);
        for (int q = 0; q < Q; ++q) {
          sums[r][q] = Dot::add_two(x, weights[0][q], next, weights[1][q], sums[r][q]);
        }
      }
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

// Adds to acc what was split off the weights of tile t.
template <int R, class Dot>
void add_split_quads(const typename Dot::Input* const* rows, const SplitQuads& split, size_t t,
                     simd::I32x4 (*acc)[2]) {
  for (int h = 0; h < 2; ++h) {
    const uint32_t end = split.first[2 * t + h + 1];
    typename Dot::Sum sums[R];
    for (auto& sum : sums) sum = Dot::zero();
    for (uint32_t i = split.first[2 * t + h]; i < end; ++i) {
      const typename Dot::W w = Dot::load_w(split.weights + size_t{i} * 4 * kTileStepK);
      const uint32_t input = split.input[i];
      for (int r = 0; r < R; ++r) sums[r] = Dot::add(Dot::load_x(rows[r] + input), w, sums[r]);
    }
    for (int r = 0; r < R; ++r) acc[r][h] = simd::add(acc[r][h], Dot::result(sums[r]));
  }
}

// The int32 sums of R rows by the eight outputs of tile t of w.
template <int R, class Dot>
void multiply_weights(const typename Dot::Input* const* rows, const Q8Tiles& w, size_t t,
                      simd::I32x4 (*acc)[2]) {
  multiply_tile<R, Dot>(rows, w.tiles + w.tile_bytes() * t, padded_k(w.k), acc);
  if constexpr (Dot::kAddsSplit) {
    if (w.split.is_split()) add_split_quads<R, Dot>(rows, w.split, t, acc);
  }
}

// multiply_tile as a function of its own, for Dot::kRows rows or for one. Where a kernel holds more
// than the product, V8 runs out of registers, keeps some of the sums in memory, and each step waits
// for them to come back. It takes in what is short; both numbers of rows together are not.
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
