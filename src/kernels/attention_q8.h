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

// Queries taken at once. What is kept for them while the keys pass by, a block of kSoftmaxBlock at
// a time, fits the first-level cache: with d = 64, 4 KB of queries, 15 KB of sums, 16 KB of keys
// and values and 2 KB of scores.
inline constexpr int kQueryBlockQ8 = 60;

// Scratch for a block of queries of dimension d.
struct AttentionScratchQ8 {
  QuantRows queries;                        // [kQueryBlockQ8, d]
  int16_t* scores = nullptr;                // [simd::kGemmRows, kSoftmaxBlock]
  simd::DotInput* probabilities = nullptr;  // [simd::kGemmRows, kSoftmaxBlock]
  float* totals = nullptr;                  // [kQueryBlockQ8, d], what the values add up to
  int32_t* maximum = nullptr;               // [kQueryBlockQ8], of the scores so far
  float* weight = nullptr;                  // [kQueryBlockQ8], the probabilities' sum so far
};

// Fills the tiles from k[n, d] and v[n, d]; d is a multiple of 16.
void pack_head_q8(ConstMatrixF32 k, ConstMatrixF32 v, const PackedHeadQ8& head);

// out[m, d] = softmax(scale * q[m, d] K^T + key_bias[n]) V for m <= kQueryBlockQ8, with queries
// quantised per row and probabilities per row and block of positions (softmax_quantize). key_bias
// may be nullptr, or has padded_k(n) elements, of which those from n on do not count. out may be q
// itself. The softmax is taken online, block by block (Milakov and
// Gimelshein, 2018; Dao et al., FlashAttention, 2022), so that no row of scores is ever whole.
void attention_q8(ConstMatrixF32 q, const PackedHeadQ8& head, const float* key_bias, float scale,
                  AttentionScratchQ8& scratch, MatrixF32 out);

}  // namespace sotto
