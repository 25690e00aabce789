#include "kernels/score_blocks.h"

#include <algorithm>
#include <cmath>

#include "kernels/exp.h"
#include "kernels/log_sum_exp.h"
#include "kernels/maximum.h"
#include "simd/simd.h"

namespace sotto {

using namespace simd;

void sum_score_blocks(const float* x, int n, float* largest, float* sum) {
  for (int first = 0, b = 0; first < n; first += kScoreBlock, ++b) {
    const int count = std::min(kScoreBlock, n - first);
    largest[b] = max_f32(x + first, count);
    sum[b] = std::isfinite(largest[b]) ? sum_exp_f32(x + first, count, largest[b]) : 0.0f;
  }
}

float join_score_blocks(const float* largest, const float* sum, int blocks, float top) {
  const F32x4 m = splat(top);
  F32x4 total = zero_f32();
  int b = 0;
  for (; b + 4 <= blocks; b += 4) {
    total = add(total, mul(load(sum + b), exp_f32x4(sub(load(largest + b), m))));
  }
  float rest[4] = {top, top, top, top}, sums[4] = {};
  std::copy(largest + b, largest + blocks, rest);
  std::copy(sum + b, sum + blocks, sums);
  total = add(total, mul(load(sums), exp_f32x4(sub(load(rest), m))));
  return simd::sum(total);
}

}  // namespace sotto
