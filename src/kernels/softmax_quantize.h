// The middle of an online softmax: one block of scores becomes quantised probabilities, for the
// int8 product with the values.
#pragma once

#include "simd/simd.h"

namespace sotto {

// Positions that share one scale. Probabilities of one row range over many orders of magnitude:
// with one scale for all 1500, the many small ones, which together weigh as much as the largest,
// would round to nothing. Relative to the largest of 128 they keep what matters
// (docs/performance.md).
inline constexpr int kSoftmaxBlock = 128;

// Stands for minus infinity: the score of a position that does not exist.
inline constexpr float kAbsentScore = -1e30f;

// The largest quantised probability, which stands for 1. The zero of these activations is 0, so
// signed ones use the upper half of their range.
int32_t probability_steps();

// q[i] = round(probability_steps() * 2^(scale * (x[i] - maximum))) for x[n], and their sum.
// maximum is not below any x; 0 < scale < 1e6; n is a multiple of 16 up to kSoftmaxBlock, filled up
// with kAbsentScore, which gives 0.
int32_t softmax_quantize(const float* x, int n, float maximum, float scale, simd::DotInput* q);

}  // namespace sotto
