// ggml's K-quants, as files hold them (super-blocks of 256 weights) and as gemv_k reads them (tiles
// of eight rows that stay packed in memory).
#pragma once

#include <cstddef>
#include <cstdint>

#include "quant/formats.h"

namespace sotto {

// ---- Files ----------------------------------------------------------------------------------
//
// 256 consecutive weights of a row (k must be a multiple of 256), little endian, unaligned. Names
// and layouts are those of ggml's ggml-common.h. A group is 32 weights, 16 in q6_K.
inline constexpr int kSuperBlock = 256;
inline constexpr int kMaxGroups = 16;

// block_q4_K:  w = d * scale[g] * q - dmin * min[g], q in [0, 15], scale and min in [0, 63]
//
//   | f16 d | f16 dmin | u8 scales[12] | u8 nibbles[128] |
//
//   scales   bits 7 6 | 5 4 3 2 1 0      byte i = 0..3
//     i        high of scale[i + 4] | scale[i]
//     i + 4    high of min[i + 4]   | min[i]
//     i + 8    min[i + 4] & 15 << 4 | scale[i + 4] & 15
//
//   nibbles  byte 32 c + j: element 64 c + j in its low half, element 64 c + 32 + j in its high one
struct BlockQ4K {
  uint8_t d[2];
  uint8_t dmin[2];
  uint8_t scales[12];
  uint8_t nibbles[kSuperBlock / 2];
};
static_assert(sizeof(BlockQ4K) == 144);

// block_q5_K:  as block_q4_K with a fifth bit, q in [0, 31]
//
//   | f16 d | f16 dmin | u8 scales[12] | u8 high[32] | u8 nibbles[128] |
//
//   high     bit g of byte j: the fifth bit of element 32 g + j
struct BlockQ5K {
  uint8_t d[2];
  uint8_t dmin[2];
  uint8_t scales[12];
  uint8_t high[kSuperBlock / 8];
  uint8_t nibbles[kSuperBlock / 2];
};
static_assert(sizeof(BlockQ5K) == 176);

// block_q6_K:  w = d * scale[g] * (q - 32), q in [0, 63]
//
//   | u8 nibbles[128] | u8 high[64] | i8 scales[16] | f16 d |
//
//   of each half h of the block (elements from 128 h on), for j = 0..31 and c = 0..3, element
//   128 h + 32 c + j has its low bits in nibbles[64 h + 32 (c % 2) + j], the low half of the byte
//   where c < 2, and its two high bits in bits 2 c and 2 c + 1 of high[32 h + j]
struct BlockQ6K {
  uint8_t nibbles[kSuperBlock / 2];
  uint8_t high[kSuperBlock / 4];
  int8_t scales[kSuperBlock / 16];
  uint8_t d[2];
};
static_assert(sizeof(BlockQ6K) == 210);

// A super-block of any of these types, taken apart:
//
//   w[i] = d * scale[i / group] * (q[i] - zero) - dmin * min[i / group]
struct SuperBlock {
  float d = 0;
  float dmin = 0;
  int group = 32;
  int zero = 0;
  int8_t scale[kMaxGroups] = {};
  int8_t min[kMaxGroups] = {};
  uint8_t q[kSuperBlock] = {};
};

constexpr bool is_k_quant(DType dtype) {
  return dtype == DType::kQ4_K || dtype == DType::kQ5_K || dtype == DType::kQ6_K;
}

// Takes the block at `block` apart, of a type that is_k_quant().
SuperBlock read_super_block(DType dtype, const uint8_t* block);

// out[256] as ggml defines it, product first.
void expand(const SuperBlock& block, float* out);

// ---- Tiles ----------------------------------------------------------------------------------
//
// Eight rows (outputs) of one super-block, in the order of Q8Tiles: a vector of 16 weights holds
// one step of four inputs of four outputs, byte 4 o + i for output o and input i. The eight steps
// of a group of 32 inputs share a few vectors: `bits[g][h]` holds them for the inputs from 32 g on
// and outputs 4 h to 4 h + 3, cut as drawn below. d and dmin are widened to f32 and 6-bit scales to
// bytes, so that nothing is taken apart twice; that costs 1 to 6 %.
inline constexpr int kTileGroups = kSuperBlock / 32;
inline constexpr int kGroupSteps = 32 / kTileStepK;

// Bits [from, from + count) of a vector's bytes are bits [to, to + count) of a step's weights.
struct BitPiece {
  int vector;
  int from;
  int count;
  int to;
};
struct StepBits {
  int pieces;
  BitPiece piece[3];
};

// 1216 bytes for 2048 weights: 4.75 bits each.
//
//           bits 7 6 5 4 | 3 2 1 0
//   vector 0     step 4  | step 0       and so on
struct TileQ4K {
  static constexpr int kVectors = 4;
  static constexpr StepBits kSteps[kGroupSteps] = {
      {1, {{0, 0, 4, 0}}}, {1, {{1, 0, 4, 0}}}, {1, {{2, 0, 4, 0}}}, {1, {{3, 0, 4, 0}}},
      {1, {{0, 4, 4, 0}}}, {1, {{1, 4, 4, 0}}}, {1, {{2, 4, 4, 0}}}, {1, {{3, 4, 4, 0}}}};
  float d[kTileN];
  float dmin[kTileN];
  int8_t scale[kTileGroups][kTileN];
  int8_t min[kTileGroups][kTileN];
  uint8_t bits[kTileGroups][2][kVectors][16];
};
static_assert(sizeof(TileQ4K) == 1216);

// 1472 bytes: 5.75 bits a weight. s:b is bit b of step s.
//
//           bits  7   6   5  | 4 3 2 1 0
//   vector 0     5:2 5:1 5:0 |  step 0
//   vector 1     5:4 5:3 7:3 |  step 1
//   vector 2     6:2 6:1 6:0 |  step 2
//   vector 3     6:4 6:3 7:4 |  step 3
//   vector 4     7:2 7:1 7:0 |  step 4
struct TileQ5K {
  static constexpr int kVectors = 5;
  static constexpr StepBits kSteps[kGroupSteps] = {{1, {{0, 0, 5, 0}}},
                                                   {1, {{1, 0, 5, 0}}},
                                                   {1, {{2, 0, 5, 0}}},
                                                   {1, {{3, 0, 5, 0}}},
                                                   {1, {{4, 0, 5, 0}}},
                                                   {2, {{0, 5, 3, 0}, {1, 6, 2, 3}}},
                                                   {2, {{2, 5, 3, 0}, {3, 6, 2, 3}}},
                                                   {3, {{4, 5, 3, 0}, {1, 5, 1, 3}, {3, 5, 1, 4}}}};
  float d[kTileN];
  float dmin[kTileN];
  int8_t scale[kTileGroups][kTileN];
  int8_t min[kTileGroups][kTileN];
  uint8_t bits[kTileGroups][2][kVectors][16];
};
static_assert(sizeof(TileQ5K) == 1472);

// 1696 bytes: 6.625 bits a weight. scale[2 g] belongs to steps 0 to 3, scale[2 g + 1] to 4 to 7.
//
//           bits  7   6  | 5 4 3 2 1 0
//   vector 0     3:1 3:0 |    step 0        vectors 3 to 5 hold steps 4 to 7 likewise
//   vector 1     3:3 3:2 |    step 1
//   vector 2     3:5 3:4 |    step 2
struct TileQ6K {
  static constexpr int kVectors = 6;
  static constexpr StepBits kSteps[kGroupSteps] = {
      {1, {{0, 0, 6, 0}}}, {1, {{1, 0, 6, 0}}},
      {1, {{2, 0, 6, 0}}}, {3, {{0, 6, 2, 0}, {1, 6, 2, 2}, {2, 6, 2, 4}}},
      {1, {{3, 0, 6, 0}}}, {1, {{4, 0, 6, 0}}},
      {1, {{5, 0, 6, 0}}}, {3, {{3, 6, 2, 0}, {4, 6, 2, 2}, {5, 6, 2, 4}}}};
  float d[kTileN];
  int8_t scale[2 * kTileGroups][kTileN];
  uint8_t bits[kTileGroups][2][kVectors][16];
};
static_assert(sizeof(TileQ6K) == 1696);

// q8_0 (formats.h): eight rows of a block of 32, in steps of 32 bytes as in Q8Tiles. 288 bytes:
// 9 bits a weight.
struct TileQ8_0 {
  float d[kTileN];
  int8_t q[kGgmlBlock / kTileStepK][kTileN * kTileStepK];
};
static_assert(sizeof(TileQ8_0) == 288);

// W[n, k] of type kQ4_K, kQ5_K, kQ6_K or kQ8_0 in tiles: the tiles of eight rows follow one another
// along k. n is padded to 8 with zeros; k is a multiple of the type's block. Not owned.
struct KTiles {
  DType dtype = DType::kQ4_K;
  int n = 0;
  int k = 0;
  uint8_t* tiles = nullptr;
  // q8_0 only: the sum of each of the padded_n(n) rows, which corrects for the zero point of the
  // activations.
  float* row_sum = nullptr;

  // Bytes of eight rows.
  size_t tile_bytes() const;
  // As Q8Tiles::row_range.
  KTiles row_range(int first, int count) const {
    return {dtype, count, k, tiles + static_cast<size_t>(first / kTileN) * tile_bytes(),
            row_sum == nullptr ? nullptr : row_sum + first};
  }
  template <class Tile>
  const Tile* tile(int t) const {
    return reinterpret_cast<const Tile*>(tiles + static_cast<size_t>(t) * tile_bytes());
  }
};

// Whether rows of k weights of this type can be kept as KTiles.
constexpr bool has_k_tiles(DType dtype, int k) {
  return (is_k_quant(dtype) && k % kSuperBlock == 0) ||
         (dtype == DType::kQ8_0 && k % kGgmlBlock == 0);
}

// Which matrices are kept as they are in a ggml file. K-quants take less memory than int8 and are
// about as fast; q8_0 takes 7 % more and is kept for the sake of its finer scales only.
enum class KeepPacked { kNone, kKQuants, kAll };

constexpr bool is_kept(KeepPacked keep, DType dtype) {
  return keep == KeepPacked::kAll || (keep == KeepPacked::kKQuants && is_k_quant(dtype));
}

// Bytes of the tiles of such a matrix.
size_t k_tiles_bytes(DType dtype, int n, int k);

// Packs rows [first, first + count) of W, as a file of w.dtype holds them, into `w`. Blocks whose
// scales are not finite count as zeros. The call that brings the last row also clears the padding.
void pack_k_rows(const uint8_t* rows, int first, int count, const KTiles& w);

// out[k] = row n of W, exactly as dequantize_row gives it.
void unpack_k_row(const KTiles& w, int n, float* out);

}  // namespace sotto
