// Blocks of a row of scores, each with its largest and a sum of exponentials, so that whoever needs
// the largest score or the probability of one looks at a block where it would look at 128 scores.
#pragma once

namespace sotto {

// 512 bytes of scores.
inline constexpr int kScoreBlock = 128;
constexpr int score_blocks(int n) { return (n + kScoreBlock - 1) / kScoreBlock; }

// Of each block b of x[n], the last of which may be shorter:
//
//   largest[b] = max of x[i]
//   sum[b] = sum of exp(x[i] - largest[b]), as sum_exp_f32; 0 where no score is finite
//
// What is no number is never the largest; -inf where nothing else is there. Nothing may overlap.
void sum_score_blocks(const float* x, int n, float* largest, float* sum);

// sum of sum[b] * exp(largest[b] - top) over b < blocks; top is finite, and no block exceeds it.
float join_score_blocks(const float* largest, const float* sum, int blocks, float top);

}  // namespace sotto
