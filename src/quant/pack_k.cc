// K-quants from the rows of a file to tiles and back. See quant/kquants.h.
#include <cmath>
#include <cstring>

#include "quant/dequantize.h"
#include "quant/kquants.h"

namespace sotto {
namespace {

// One row of a tile: which half of the outputs it is in, and the first of its four bytes of each
// vector.
struct Lane {
  int row;
  int half() const { return row / 4; }
  int byte(int input) const { return row % 4 * kTileStepK + input; }
};

// The weight at `input` of step `step` in the group of 32 inputs from 32 g on.
constexpr int index_of(int g, int step, int input) { return 32 * g + kTileStepK * step + input; }

// The bits of the row's weights of all steps and inputs.
template <class Tile>
void put_bits(const SuperBlock& block, Lane lane, Tile& tile) {
  for (int g = 0; g < kTileGroups; ++g) {
    for (int i = 0; i < kTileStepK; ++i) {
      int vectors[Tile::kVectors] = {};
      for (int s = 0; s < kGroupSteps; ++s) {
        const StepBits& step = Tile::kSteps[s];
        const int q = block.q[index_of(g, s, i)];
        for (int p = 0; p < step.pieces; ++p) {
          const BitPiece& piece = step.piece[p];
          vectors[piece.vector] |= (q >> piece.to & ((1 << piece.count) - 1)) << piece.from;
        }
      }
      for (int v = 0; v < Tile::kVectors; ++v) {
        tile.bits[g][lane.half()][v][lane.byte(i)] = static_cast<uint8_t>(vectors[v]);
      }
    }
  }
}

template <class Tile>
void get_bits(const Tile& tile, Lane lane, SuperBlock& block) {
  for (int g = 0; g < kTileGroups; ++g) {
    for (int i = 0; i < kTileStepK; ++i) {
      for (int s = 0; s < kGroupSteps; ++s) {
        const StepBits& step = Tile::kSteps[s];
        int q = 0;
        for (int p = 0; p < step.pieces; ++p) {
          const BitPiece& piece = step.piece[p];
          const int byte = tile.bits[g][lane.half()][piece.vector][lane.byte(i)];
          q |= (byte >> piece.from & ((1 << piece.count) - 1)) << piece.to;
        }
        block.q[index_of(g, s, i)] = static_cast<uint8_t>(q);
      }
    }
  }
}

template <class Tile>
void put_minimums(const SuperBlock& block, Lane lane, Tile& tile) {
  tile.dmin[lane.row] = block.dmin;
  for (int g = 0; g < kTileGroups; ++g) tile.min[g][lane.row] = block.min[g];
}

template <class Tile>
void get_minimums(const Tile& tile, Lane lane, SuperBlock& block) {
  block.dmin = tile.dmin[lane.row];
  for (int g = 0; g < kTileGroups; ++g) block.min[g] = tile.min[g][lane.row];
}

template <class Tile>
void put_scales(const SuperBlock& block, Lane lane, Tile& tile) {
  tile.d[lane.row] = block.d;
  for (int g = 0; g < kSuperBlock / block.group; ++g) tile.scale[g][lane.row] = block.scale[g];
}

template <class Tile>
void get_scales(const Tile& tile, Lane lane, SuperBlock& block) {
  block.d = tile.d[lane.row];
  for (int g = 0; g < kSuperBlock / block.group; ++g) block.scale[g] = tile.scale[g][lane.row];
}

template <class Tile>
void put(const SuperBlock& block, Lane lane, Tile& tile) {
  put_scales(block, lane, tile);
  put_minimums(block, lane, tile);
  put_bits(block, lane, tile);
}
void put(const SuperBlock& block, Lane lane, TileQ6K& tile) {
  put_scales(block, lane, tile);
  put_bits(block, lane, tile);
}

template <class Tile>
void get(const Tile& tile, Lane lane, SuperBlock& block) {
  get_scales(tile, lane, block);
  get_minimums(tile, lane, block);
  get_bits(tile, lane, block);
}
void get(const TileQ6K& tile, Lane lane, SuperBlock& block) {
  block.group = 16;
  block.zero = 32;
  get_scales(tile, lane, block);
  get_bits(tile, lane, block);
}

template <class Tile>
Tile* row_tiles(const KTiles& w, int n) {
  return reinterpret_cast<Tile*>(w.tiles + static_cast<size_t>(n / kTileN) * w.tile_bytes());
}

// A block of padding, of any type.
constexpr uint8_t kZeros[sizeof(BlockQ6K)] = {};

// `row` is nullptr for a row of padding.
template <class Tile>
void pack_super_blocks(const uint8_t* row, int n, const KTiles& w) {
  Tile* tile = row_tiles<Tile>(w, n);
  const size_t block_bytes = row_bytes(w.dtype, kSuperBlock);
  for (int i = 0; i < w.k; i += kSuperBlock, ++tile) {
    const uint8_t* bytes = row == nullptr ? kZeros : row + i / kSuperBlock * block_bytes;
    SuperBlock block = read_super_block(w.dtype, bytes);
    if (!std::isfinite(block.d) || !std::isfinite(block.dmin)) block.d = block.dmin = 0.0f;
    put(block, Lane{n % kTileN}, *tile);
  }
}

void pack_q8_0(const uint8_t* row, int n, const KTiles& w) {
  TileQ8_0* tile = row_tiles<TileQ8_0>(w, n);
  const Lane lane{n % kTileN};
  double row_sum = 0;
  for (int i = 0; i < w.k; i += kGgmlBlock, ++tile) {
    uint8_t block[kQ8_0BlockBytes] = {};
    if (row != nullptr) std::memcpy(block, row + i / kGgmlBlock * kQ8_0BlockBytes, sizeof(block));
    uint16_t half;
    std::memcpy(&half, block, sizeof(half));
    const float d = f16_to_f32(half);
    tile->d[lane.row] = std::isfinite(d) ? d : 0.0f;
    int sum = 0;
    for (int j = 0; j < kGgmlBlock; ++j) {
      const auto q = static_cast<int8_t>(block[2 + j]);
      tile->q[j / kTileStepK][lane.row * kTileStepK + j % kTileStepK] = q;
      sum += q;
    }
    row_sum += double{tile->d[lane.row]} * sum;
  }
  w.row_sum[n] = static_cast<float>(row_sum);
}

void pack_row(const uint8_t* row, int n, const KTiles& w) {
  switch (w.dtype) {
    case DType::kQ4_K: return pack_super_blocks<TileQ4K>(row, n, w);
    case DType::kQ5_K: return pack_super_blocks<TileQ5K>(row, n, w);
    case DType::kQ6_K: return pack_super_blocks<TileQ6K>(row, n, w);
    default: return pack_q8_0(row, n, w);
  }
}

template <class Tile>
void unpack_super_blocks(const KTiles& w, int n, float* out) {
  const Tile* tile = row_tiles<Tile>(w, n);
  for (int i = 0; i < w.k; i += kSuperBlock, ++tile) {
    SuperBlock block;
    get(*tile, Lane{n % kTileN}, block);
    expand(block, out + i);
  }
}

void unpack_q8_0(const KTiles& w, int n, float* out) {
  const TileQ8_0* tile = row_tiles<TileQ8_0>(w, n);
  const Lane lane{n % kTileN};
  for (int i = 0; i < w.k; i += kGgmlBlock, ++tile) {
    for (int j = 0; j < kGgmlBlock; ++j) {
      const int8_t q = tile->q[j / kTileStepK][lane.row * kTileStepK + j % kTileStepK];
      out[i + j] = tile->d[lane.row] * static_cast<float>(q);
    }
  }
}

}  // namespace

size_t KTiles::tile_bytes() const {
  const auto blocks = static_cast<size_t>(k / kSuperBlock);
  switch (dtype) {
    case DType::kQ4_K: return blocks * sizeof(TileQ4K);
    case DType::kQ5_K: return blocks * sizeof(TileQ5K);
    case DType::kQ6_K: return blocks * sizeof(TileQ6K);
    default: return static_cast<size_t>(k / kGgmlBlock) * sizeof(TileQ8_0);
  }
}

size_t k_tiles_bytes(DType dtype, int n, int k) {
  return KTiles{dtype, n, k}.tile_bytes() * static_cast<size_t>(padded_n(n) / kTileN);
}

void pack_k_rows(const uint8_t* rows, int first, int count, const KTiles& w) {
  const size_t size = row_bytes(w.dtype, static_cast<size_t>(w.k));
  for (int r = 0; r < count; ++r) pack_row(rows + static_cast<size_t>(r) * size, first + r, w);
  if (first + count < w.n) return;
  for (int n = w.n; n < padded_n(w.n); ++n) pack_row(nullptr, n, w);
}

void unpack_k_row(const KTiles& w, int n, float* out) {
  switch (w.dtype) {
    case DType::kQ4_K: return unpack_super_blocks<TileQ4K>(w, n, out);
    case DType::kQ5_K: return unpack_super_blocks<TileQ5K>(w, n, out);
    case DType::kQ6_K: return unpack_super_blocks<TileQ6K>(w, n, out);
    default: return unpack_q8_0(w, n, out);
  }
}

}  // namespace sotto
