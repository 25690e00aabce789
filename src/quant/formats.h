// How the numbers of a weight matrix are laid out: as stored in files, and as the kernels read
// them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/arena.h"

namespace sotto {

// Element types of tensors in files. The values are those written in .sotto containers.
enum class DType : uint32_t {
  kF32 = 0,
  kF16 = 1,  // IEEE 754 half precision
  kI8 = 2,   // CTranslate2: int8 rows, f32 scales in a companion tensor (q = round(w * scale))
  kI16 = 3,  // CTranslate2: int16 with one scale
  kI32 = 4,
  kQ8_0 = 5,  // ggml blocks, drawn below
  kQ5_0 = 6,
  kQ5_1 = 7,
  kQ4_0 = 8,
  kQ4_1 = 9,
  kQ8Tiles = 10,  // sotto: int8 kernel tiles with scales and sums, drawn below
  kBF16 = 11,     // the upper half of a float
  kQ4_K = 12,     // ggml's K-quants, drawn in quant/kquants.h
  kQ5_K = 13,
  kQ6_K = 14,
};

// ggml blocks: 32 consecutive elements of a row (k must be a multiple of 32), little endian.
//
//   q8_0  | f16 d | i8 q[32] |                              34 bytes   w = d * q
//   q5_0  | f16 d | u32 high bits | u8 nibbles[16] |        22 bytes   w = d * (q - 16)
//   q5_1  | f16 d | f16 m | u32 high bits | u8 nibbles[16] | 24 bytes  w = d * q + m
//   q4_0  | f16 d | u8 nibbles[16] |                        18 bytes   w = d * (q - 8)
//   q4_1  | f16 d | f16 m | u8 nibbles[16] |                20 bytes   w = d * q + m
//
// Byte j of the nibbles holds element j in its low half and element j + 16 in its high half;
// bit j of the high bits is the fifth bit of element j.
inline constexpr int kGgmlBlock = 32;
inline constexpr size_t kQ8_0BlockBytes = 34;
inline constexpr size_t kQ5_0BlockBytes = 22;
inline constexpr size_t kQ5_1BlockBytes = 24;
inline constexpr size_t kQ4_0BlockBytes = 18;
inline constexpr size_t kQ4_1BlockBytes = 20;

// Elements of the smallest piece of a row that the type can hold: 1, or those of a ggml block.
size_t block_elements(DType dtype);

// Bytes of one row of k elements, or 0 where the type cannot hold such a row (or has no rows of
// its own, as kQ8Tiles).
size_t row_bytes(DType dtype, size_t k);

// Stable name, such as "q5_1".
const char* dtype_name(DType dtype);

// ---- Kernel tiles ---------------------------------------------------------------------------
//
// A weight matrix W[n, k] (n outputs, k inputs) is cut into groups of 8 outputs. Within a group,
// int8 weights stand in steps of four inputs, 32 bytes a step:
//
//   tile t, step s:  | W[8t+0, 4s..4s+3] | W[8t+1, 4s..4s+3] | ... | W[8t+7, 4s..4s+3] |
//
// so that one 16-byte vector holds four inputs of four outputs, which is what every int8 inner
// product of WebAssembly (and of VNNI and Arm) consumes. n is padded to 8 and k to 16 with zeros.
inline constexpr int kTileN = 8;
inline constexpr int kTileStepK = 4;
inline constexpr int kPadK = 16;

constexpr int pad_to(int x, int multiple) { return (x + multiple - 1) / multiple * multiple; }
constexpr int padded_n(int n) { return pad_to(n, kTileN); }
constexpr int padded_k(int k) { return pad_to(k, kPadK); }

// Dimensions of the largest attention head whose query the kernels keep on the stack; Whisper's
// have 64.
inline constexpr int kMostHeadSize = 256;

// What was taken off weights that are too large for an inner product whose pairs saturate, which is
// the only one to add it (quant/split_quads.h). A quad are the 16 weights of four inputs by four
// outputs; half h of tile t has the quads [first[2 t + h], first[2 t + h + 1]). Not owned; nullptr:
// nothing was split.
struct SplitQuads {
  uint32_t* first = nullptr;
  uint32_t* input = nullptr;  // the first of each quad's four inputs
  int8_t* weights = nullptr;  // 16 of each quad, which are to be added to the tile's

  bool is_split() const { return first != nullptr; }
};

// int8 weights, symmetric, one scale per output: W[n, k] = scale[n] * q[n, k], q in [-127, 127].
// `row_sum[n]` is the sum of q[n, :], which corrects for the zero point of the activations.
// Arrays have padded_n(n) elements; padding has scale, sum and weights of zero. Not owned.
struct Q8Tiles {
  int n = 0;
  int k = 0;
  float* scale = nullptr;
  int32_t* row_sum = nullptr;
  int8_t* tiles = nullptr;
  SplitQuads split = {};

  size_t tile_count() const { return static_cast<size_t>(padded_n(n)) / kTileN; }
  // Bytes of the eight rows of one tile.
  size_t tile_bytes() const { return static_cast<size_t>(padded_k(k)) * kTileN; }
  // Rows [first, first + count) as a matrix of its own over the same memory, so that a part of a
  // fused matrix (query, key, value) can be filled. `first` is a multiple of 8, and so is `count`
  // but for the last rows.
  Q8Tiles row_range(int first, int count) const {
    const int tile = first / kTileN;
    Q8Tiles rows{
        count, k, scale + first, row_sum + first, tiles + static_cast<size_t>(tile) * tile_bytes(),
        split};
    if (split.is_split()) rows.split.first += 2 * tile;
    return rows;
  }
};

// A kQ8Tiles tensor in a .sotto file is the three arrays one after the other, each padded to 64
// bytes: loading is three copies.
//
//   | f32 scale[padded_n] | i32 row_sum[padded_n] | i8 tiles[padded_n * padded_k] |
constexpr size_t q8_scale_bytes(int n) { return align_up(sizeof(float) * padded_n(n)); }
constexpr size_t q8_tiles_bytes(int n, int k) {
  return align_up(static_cast<size_t>(padded_n(n)) * padded_k(k));
}
constexpr size_t q8_tensor_bytes(int n, int k) {
  return 2 * q8_scale_bytes(n) + q8_tiles_bytes(n, k);
}

// f32 weights in groups of 8 outputs, 32 bytes an input: tile t, input i: W[8t..8t+7, i].
// n is padded to 8 with zeros; k is not padded. Not owned.
struct F32Tiles {
  int n = 0;
  int k = 0;
  float* tiles = nullptr;

  // As Q8Tiles::row_range.
  F32Tiles row_range(int first, int count) const {
    return {count, k, tiles + static_cast<size_t>(first) * static_cast<size_t>(k)};
  }
  // Without the first `count` inputs, for products of at most k - count of those that follow.
  F32Tiles behind(int count) const { return {n, k, tiles + static_cast<size_t>(count) * kTileN}; }
};
constexpr size_t f32_tiles_count(int n, int k) { return static_cast<size_t>(padded_n(n)) * k; }

}  // namespace sotto
