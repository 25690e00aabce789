#include "kernels/gemv_k.h"

#include <algorithm>

#include "kernels/row_groups.h"
#include "simd/simd.h"

namespace sotto {

using namespace simd;

namespace {

// Rows that share the work of taking weights apart. Four fit the registers and would make twice the
// code; where lanes have none (scalar), sharing saves little.
constexpr int kRowsAtOnce = kGemmRows < 4 ? 1 : 2;

// The sums of one block over its groups, of eight outputs: products weighted by scales, and what is
// to be taken off for minimums and zero points.
struct BlockSums {
  I32x4 products[2] = {splat(int32_t{0}), splat(int32_t{0})};
  I32x4 offsets[2] = {splat(int32_t{0}), splat(int32_t{0})};
};

// Adds the sums of pairs x[h] of eight outputs, times the scale of each.
void add_scaled(I16x8 scale, const I16x8 (&x)[2], I32x4 (&sums)[2]) {
  sums[0] = add(sums[0], dot_pairs(x[0], interleave_low(scale, scale)));
  sums[1] = add(sums[1], dot_pairs(x[1], interleave_high(scale, scale)));
}

// Adds, of two groups, the totals of the activations times a number of each of eight outputs.
void add_totals(I16x8 first, I16x8 second, const int16_t* totals, I32x4 (&sums)[2]) {
  const I16x8 x = splat_pair(totals);
  sums[0] = add(sums[0], dot_pairs(x, interleave_low(first, second)));
  sums[1] = add(sums[1], dot_pairs(x, interleave_high(first, second)));
}

template <class Tile, int kStep, int kPiece>
U8x16 piece_of(const uint8_t (&bits)[Tile::kVectors][16]) {
  constexpr BitPiece kBits = Tile::kSteps[kStep].piece[kPiece];
  return take_bits<kBits.from, kBits.count, kBits.to>(load(bits[kBits.vector]));
}

// The weights of one step of four outputs.
template <class Tile, int kStep>
U8x16 weights_of(const uint8_t (&bits)[Tile::kVectors][16]) {
  U8x16 w = piece_of<Tile, kStep, 0>(bits);
  if constexpr (Tile::kSteps[kStep].pieces > 1) w = merge(w, piece_of<Tile, kStep, 1>(bits));
  if constexpr (Tile::kSteps[kStep].pieces > 2) w = merge(w, piece_of<Tile, kStep, 2>(bits));
  return w;
}

// The activations of R rows.
template <int R>
struct Rows {
  const DotInput* q[R];

  Rows from(int i) const {
    Rows rows;
    for (int r = 0; r < R; ++r) rows.q[r] = q[r] + i;
    return rows;
  }
};

// Adds the products of some steps of a group of 32 inputs, whose x is given and which have one
// scale. The sums of pairs must stay below 2^15.
template <int... kSteps, int R, class Tile>
void add_steps(const Tile& tile, int g, const Rows<R>& x, I16x8 scale, BlockSums (&sums)[R]) {
  PairSum pairs[R][2];
  for (auto& row : pairs) row[0] = row[1] = pair_zero();
  const auto add_step = [&]<int kStep>() {
    DotX four[R];
    for (int r = 0; r < R; ++r) four[r] = load_signed_dot_x(x.q[r] + kStep * kTileStepK);
    for (int h = 0; h < 2; ++h) {
      const U8x16 w = weights_of<Tile, kStep>(tile.bits[g][h]);
      for (int r = 0; r < R; ++r) pairs[r][h] = dot_unsigned_w(four[r], w, pairs[r][h]);
    }
  };
  (add_step.template operator()<kSteps>(), ...);
  for (int r = 0; r < R; ++r) {
    add_scaled(scale, {pair_result(pairs[r][0]), pair_result(pairs[r][1])}, sums[r].products);
  }
}

// The products of a group. Steps that share vectors stand together, so that few are alive.
template <int R>
void add_group(const TileQ4K& tile, int g, const Rows<R>& x, BlockSums (&sums)[R]) {
  // 8 * 2 * 15 * 127 = 30480.
  add_steps<0, 4, 1, 5, 2, 6, 3, 7>(tile, g, x, widen_i8x8(tile.scale[g]), sums);
}

template <int R>
void add_group(const TileQ5K& tile, int g, const Rows<R>& x, BlockSums (&sums)[R]) {
  // 4 * 2 * 31 * 127 = 31496.
  const I16x8 scale = widen_i8x8(tile.scale[g]);
  add_steps<0, 1, 5, 2>(tile, g, x, scale, sums);
  add_steps<3, 6, 4, 7>(tile, g, x, scale, sums);
}

template <int R>
void add_group(const TileQ6K& tile, int g, const Rows<R>& x, BlockSums (&sums)[R]) {
  // 2 * 2 * 63 * 127 = 32004.
  const I16x8 first = widen_i8x8(tile.scale[2 * g]), second = widen_i8x8(tile.scale[2 * g + 1]);
  add_steps<0, 1>(tile, g, x, first, sums);
  add_steps<2, 3>(tile, g, x, first, sums);
  add_steps<4, 5>(tile, g, x, second, sums);
  add_steps<6, 7>(tile, g, x, second, sums);
}

// q4_K and q5_K: a minimum for 32 inputs.
template <class Tile>
void add_offsets(const Tile& tile, const BlockTotals& x, BlockSums& sums) {
  for (int g = 0; g < kTileGroups; g += 2) {
    add_totals(widen_i8x8(tile.min[g]), widen_i8x8(tile.min[g + 1]), x.of_32 + g, sums.offsets);
  }
}

// q6_K: the zero point, times the scale of 16 inputs.
void add_offsets(const TileQ6K& tile, const BlockTotals& x, BlockSums& sums) {
  for (int g = 0; g < 2 * kTileGroups; g += 2) {
    add_totals(widen_i8x8(tile.scale[g]), widen_i8x8(tile.scale[g + 1]), x.of_16 + g, sums.offsets);
  }
}

// The products of half h of the outputs, in f32.
template <class Tile>
F32x4 rescale(const Tile& tile, const BlockSums& sums, int h) {
  return sub(mul(load(tile.d + 4 * h), to_f32(sums.products[h])),
             mul(load(tile.dmin + 4 * h), to_f32(sums.offsets[h])));
}
F32x4 rescale(const TileQ6K& tile, const BlockSums& sums, int h) {
  const I32x4 offset = mul(sums.offsets[h], splat(int32_t{32}));
  return mul(load(tile.d + 4 * h), to_f32(sub(sums.products[h], offset)));
}

struct Job {
  const BlockRows& x;
  const KTiles& w;
  const float* bias;
  Epilogue epilogue;
  MatrixF32 y;
};

// Rows [m, m + R) of x by the eight outputs of tile t.
template <class Tile, int R>
void multiply_rows(const Job& job, int m, int t) {
  const Tile* tile = job.w.tile<Tile>(t);
  Rows<R> x;
  for (int r = 0; r < R; ++r) x.q[r] = job.x.row(m + r);
  F32x4 acc[R][2];
  for (auto& row : acc) row[0] = row[1] = zero_f32();
  for (int b = 0; b < job.w.k / kSuperBlock; ++b, ++tile) {
    BlockSums sums[R];
    for (int g = 0; g < kTileGroups; ++g) add_group(*tile, g, x.from(32 * g), sums);
    for (int r = 0; r < R; ++r) {
      const BlockTotals& totals = job.x.row_totals(m + r)[b];
      add_offsets(*tile, totals, sums[r]);
      for (int h = 0; h < 2; ++h) {
        acc[r][h] = add(acc[r][h], mul(rescale(*tile, sums[r], h), splat(totals.scale)));
      }
    }
    x = x.from(kSuperBlock);
  }

  const int n = t * kTileN;
  const int count = std::min(kTileN, job.w.n - n);
  const TileBias bias(job.bias == nullptr ? nullptr : job.bias + n, count);
  for (int r = 0; r < R; ++r) {
    finish_tile(job.epilogue, add(acc[r][0], bias.lo), add(acc[r][1], bias.hi),
                job.y.row(m + r) + n, count);
  }
}

template <class Tile>
void multiply(const Job& job) {
  for (int t = 0; t * kTileN < job.w.n; ++t) {
    for_row_groups<kRowsAtOnce, 1>(job.x.rows,
                                   [&]<int R>(int m) { multiply_rows<Tile, R>(job, m, t); });
    finish_columns(job.epilogue, job.y, t);
  }
}

}  // namespace

void gemv_k(const BlockRows& x, const KTiles& w, const float* bias, Epilogue epilogue,
            MatrixF32 y) {
  const Job job{x, w, bias, epilogue, y};
  switch (w.dtype) {
    case DType::kQ4_K: return multiply<TileQ4K>(job);
    case DType::kQ5_K: return multiply<TileQ5K>(job);
    default: return multiply<TileQ6K>(job);
  }
}

}  // namespace sotto
