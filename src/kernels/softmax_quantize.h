// Softmax that ends in quantised activations, for the int8 product with the values.
#pragma once

#include "simd/simd.h"

namespace sotto {

// Positions that share one scale. Probabilities of one row range over many orders of magnitude:
// with one scale for all 1500, the many small ones, which together weigh as much as the largest,
// would round to nothing. Relative to the largest of 128 they keep what matters
// (docs/performance.md).
inline constexpr int kSoftmaxBlock = 128;

constexpr int softmax_blocks(int n) { return (n + kSoftmaxBlock - 1) / kSoftmaxBlock; }

// For each block b of kSoftmaxBlock elements of x[n]: q = round(exp(scale * (x - max of block)) *
// steps) in [0, steps], where steps is the largest activation whose zero is 0; and
// weight[b], by which q of that block is to be multiplied to give softmax(scale * x). The sum of
// weight * q over the row is 1. Elements of q from n to padded_k(n) become 0. n >= 1, scale > 0;
// weight has softmax_blocks(n) elements.
void softmax_quantize(const float* x, int n, float scale, simd::DotInput* q, float* weight);

}  // namespace sotto
