// Attention of many queries over one head's keys and values, in f32.
#pragma once

#include "base/tensor.h"
#include "quant/formats.h"

namespace sotto {

// Keys K[n, d] as tiles over keys, values V[n, d] as tiles over dimensions, so that both products
// of attention are plain matrix products. Storage: f32_tiles_count(n, d) and
// f32_tiles_count(d, n) floats. Not owned.
struct PackedHeadF32 {
  F32Tiles keys;    // n outputs, d inputs
  F32Tiles values;  // d outputs, n inputs
};

// Fills the tiles from k[n, d] and v[n, d].
void pack_head_f32(ConstMatrixF32 k, ConstMatrixF32 v, const PackedHeadF32& head);

// Queries taken at once. Their scores over 1500 positions are 96 KB, which the second-level cache
// holds.
inline constexpr int kQueryBlock = 16;

// out[m, d] = softmax(scale * q[m, d] K^T + key_bias[n]) V for m <= kQueryBlock; key_bias may be
// nullptr. `scores` is scratch of m * n floats, so that no n x n matrix ever exists. out may be q
// itself, which is read first.
void attention_f32(ConstMatrixF32 q, const PackedHeadF32& head, const float* key_bias, float scale,
                   float* scores, MatrixF32 out);

}  // namespace sotto
