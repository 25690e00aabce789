// The middle of an online softmax: one block of scores becomes quantised probabilities, for the
// int8 product with the values.
#pragma once

#include <cstdint>

#include "simd/simd.h"

namespace sotto {

// Positions that share one scale. Probabilities of one row range over many orders of magnitude:
// with one scale for all 1500, the many small ones, which together weigh as much as the largest,
// would round to nothing. Relative to the largest of 128 they keep what matters
// (docs/performance.md).
inline constexpr int kSoftmaxBlock = 128;

// Scores are fixed point: so many steps double the probability, that is, a score of e^x is
// x * log2(e) * kScoreSteps. One step is 0.5 %, while the rounding of queries and keys to int8
// moves scores by several; 16 bits reach from 2^-256 to 2^256, and what is beyond counts as that.
inline constexpr int kScoreSteps = 128;

// Stands for minus infinity: the score of a position that does not exist.
inline constexpr int16_t kAbsentScore = INT16_MIN;

// The largest quantised probability, which stands for 1. All flavours of the inner product take 7
// bits.
inline constexpr int kProbabilitySteps = 127;

// q[i] = kProbabilitySteps * 2^((x[i] - maximum) / kScoreSteps) for x[n], within 0.64 of a step,
// and their sum. maximum is not below any x; n is a multiple of 16 up to kSoftmaxBlock, filled up
// with kAbsentScore, which gives 0 unless the maximum is as small as that, too.
int32_t softmax_quantize(const int16_t* x, int n, int16_t maximum, simd::DotInput* q);

// 2^(-difference / kScoreSteps), for a difference that is not negative.
float power_of_score(int difference);

}  // namespace sotto
