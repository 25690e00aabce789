#include "kernels/gemv_k.h"

#include <algorithm>

#include "simd/simd.h"

namespace sotto {

using namespace simd;

namespace {

// The activations of one block.
struct BlockX {
  const DotInput* q;
  const int32_t* sums;  // of kSumGroup each

  int32_t sum_32(int g) const { return sums[2 * g] + sums[2 * g + 1]; }
};

// The sums of one block over its groups, weighted by scales and by minimums, of eight outputs.
struct BlockSums {
  I32x4 products[2] = {splat(int32_t{0}), splat(int32_t{0})};
  I32x4 minimums[2] = {splat(int32_t{0}), splat(int32_t{0})};
};

void add_scaled(const int8_t* scale, const I32x4 (&x)[2], I32x4 (&sums)[2]) {
  const I32x8 s = widen_i8x8(scale);
  sums[0] = add(sums[0], mul(x[0], s.lo));
  sums[1] = add(sums[1], mul(x[1], s.hi));
}

// Weights of steps s and s + 4, whose low four bits are those of `low`.
struct StepPair {
  U8x16 first, second;
};

template <int kStep>
StepPair take_apart(const TileQ4K& tile, int g, int h) {
  const U8x16 low = load(tile.low[g][h][kStep]);
  return {low_nibbles(low), high_nibbles(low)};
}

template <int kStep>
StepPair take_apart(const TileQ5K& tile, int g, int h) {
  const U8x16 low = load(tile.low[g][h][kStep]), high = load(tile.high[g][h]);
  return {add_high_bits<kStep, 1>(low_nibbles(low), high),
          add_high_bits<kStep + 4, 1>(high_nibbles(low), high)};
}

template <int kStep>
StepPair take_apart(const TileQ6K& tile, int g, int h) {
  const U8x16 low = load(tile.low[g][h][kStep]);
  return {add_high_bits<2 * kStep, 2>(low_nibbles(low), load(tile.high[g][h][0])),
          add_high_bits<2 * kStep, 2>(high_nibbles(low), load(tile.high[g][h][1]))};
}

// The sums of eight outputs over steps 0 to 3 and over steps 4 to 7 of a group of 32 inputs.
struct GroupDots {
  DotSum first[2] = {dot_zero(), dot_zero()};
  DotSum second[2] = {dot_zero(), dot_zero()};
};

template <int kStep, class Tile>
void add_step(const Tile& tile, int g, const DotInput* x, GroupDots& dots) {
  const DotX x_first = load_signed_dot_x(x + kStep * kTileStepK);
  const DotX x_second = load_signed_dot_x(x + (kStep + 4) * kTileStepK);
  for (int h = 0; h < 2; ++h) {
    const StepPair w = take_apart<kStep>(tile, g, h);
    dots.first[h] = dot_unsigned_w(x_first, w.first, dots.first[h]);
    dots.second[h] = dot_unsigned_w(x_second, w.second, dots.second[h]);
  }
}

template <class Tile>
GroupDots group_dots(const Tile& tile, int g, const DotInput* x) {
  GroupDots dots;
  add_step<0>(tile, g, x, dots);
  add_step<1>(tile, g, x, dots);
  add_step<2>(tile, g, x, dots);
  add_step<3>(tile, g, x, dots);
  return dots;
}

// q4_K and q5_K: one scale and one minimum for 32 inputs.
template <class Tile>
BlockSums block_sums(const Tile& tile, const BlockX& x) {
  BlockSums sums;
  for (int g = 0; g < kTileGroups; ++g) {
    const GroupDots dots = group_dots(tile, g, x.q + 32 * g);
    const I32x4 products[2] = {add(dot_result(dots.first[0]), dot_result(dots.second[0])),
                               add(dot_result(dots.first[1]), dot_result(dots.second[1]))};
    const I32x4 x_sum = splat(x.sum_32(g));
    add_scaled(tile.scale[g], products, sums.products);
    add_scaled(tile.min[g], {x_sum, x_sum}, sums.minimums);
  }
  return sums;
}

// q6_K: one scale for 16 inputs, and 32 to be taken off each weight.
BlockSums block_sums(const TileQ6K& tile, const BlockX& x) {
  BlockSums sums;
  for (int g = 0; g < kTileGroups; ++g) {
    const GroupDots dots = group_dots(tile, g, x.q + 32 * g);
    const I32x4 zero_first = splat(32 * x.sums[2 * g]), zero_second = splat(32 * x.sums[2 * g + 1]);
    add_scaled(
        tile.scale[2 * g],
        {sub(dot_result(dots.first[0]), zero_first), sub(dot_result(dots.first[1]), zero_first)},
        sums.products);
    add_scaled(tile.scale[2 * g + 1],
               {sub(dot_result(dots.second[0]), zero_second),
                sub(dot_result(dots.second[1]), zero_second)},
               sums.products);
  }
  return sums;
}

// What block_sums() adds up, in f32.
template <class Tile>
F32x4 rescale(const Tile& tile, const BlockSums& sums, int h) {
  return sub(mul(load(tile.d + 4 * h), to_f32(sums.products[h])),
             mul(load(tile.dmin + 4 * h), to_f32(sums.minimums[h])));
}
F32x4 rescale(const TileQ6K& tile, const BlockSums& sums, int h) {
  return mul(load(tile.d + 4 * h), to_f32(sums.products[h]));
}

// Products of one row of x with the eight rows of a tile.
template <class Tile>
void multiply_row(const BlockRows& x, int m, const Tile* tile, F32x4 (&acc)[2]) {
  const DotInput* q = x.row(m);
  const int32_t* group_sums = x.row_sums(m);
  const float* scale = x.row_scale(m);
  acc[0] = acc[1] = zero_f32();
  for (int i = 0; i < x.k; i += kSuperBlock, ++tile) {
    const BlockSums sums = block_sums(*tile, {q + i, group_sums + i / kSumGroup});
    const F32x4 x_scale = splat(*scale++);
    for (int h = 0; h < 2; ++h) acc[h] = add(acc[h], mul(rescale(*tile, sums, h), x_scale));
  }
}

template <class Tile>
void multiply(const BlockRows& x, const KTiles& w, const float* bias, Epilogue epilogue,
              MatrixF32 y) {
  for (int t = 0; t * kTileN < w.n; ++t) {
    const int n = t * kTileN;
    const int count = std::min(kTileN, w.n - n);
    const TileBias b(bias == nullptr ? nullptr : bias + n, count);
    for (int m = 0; m < x.rows; ++m) {
      F32x4 acc[2];
      multiply_row(x, m, w.tile<Tile>(t), acc);
      finish_tile(epilogue, add(acc[0], b.lo), add(acc[1], b.hi), y.row(m) + n, count);
    }
  }
}

}  // namespace

void gemv_k(const BlockRows& x, const KTiles& w, const float* bias, Epilogue epilogue,
            MatrixF32 y) {
  switch (w.dtype) {
    case DType::kQ4_K: return multiply<TileQ4K>(x, w, bias, epilogue, y);
    case DType::kQ5_K: return multiply<TileQ5K>(x, w, bias, epilogue, y);
    default: return multiply<TileQ6K>(x, w, bias, epilogue, y);
  }
}

}  // namespace sotto
