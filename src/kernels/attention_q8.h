// Attention of many queries over one head's keys and values, both products in int8.
#pragma once

#include "base/tensor.h"
#include "kernels/quantize_rows.h"
#include "kernels/softmax_quantize.h"
#include "quant/formats.h"

namespace sotto {

// Keys K[n, d] in int8, a scale for each position; values V[n, d], a scale for each dimension. As
// tiles they are the weights of two matrix products. Not owned.
struct PackedHeadQ8 {
  Q8Tiles keys;    // n outputs, d inputs
  Q8Tiles values;  // d outputs, n inputs
};

// Queries taken at once: their scores over 1500 positions are 48 KB and their probabilities 12,
// which the nearer caches hold.
inline constexpr int kQueryBlockQ8 = 8;

// Scratch for a block of queries over n positions of dimension d.
struct AttentionScratchQ8 {
  float* scores = nullptr;                  // [kQueryBlockQ8, padded_n(n)]
  QuantRows queries;                        // [kQueryBlockQ8, d]
  simd::DotInput* probabilities = nullptr;  // [kQueryBlockQ8, padded_k(n)]
  float* weights = nullptr;                 // [kQueryBlockQ8, softmax_blocks(n)]
};

// Fills the tiles from k[n, d] and v[n, d]; d is a multiple of 16.
void pack_head_q8(ConstMatrixF32 k, ConstMatrixF32 v, const PackedHeadQ8& head);

// out[m, d] = softmax(scale * q[m, d] K^T + scale * key_bias[n]) V for m <= kQueryBlockQ8, with
// queries quantised per row and probabilities per row and block of positions (softmax_quantize).
// key_bias may be nullptr. out may be q itself.
void attention_q8(ConstMatrixF32 q, const PackedHeadQ8& head, const float* key_bias, float scale,
                  AttentionScratchQ8& scratch, MatrixF32 out);

}  // namespace sotto
