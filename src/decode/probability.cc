#include "decode/probability.h"

#include <algorithm>
#include <cmath>

#include "kernels/maximum.h"
#include "kernels/score_blocks.h"

namespace sotto {

int arg_max(std::span<const float> x) {
  const float largest = max_f32(x.data(), static_cast<int>(x.size()));
  if (largest == -INFINITY) return -1;
  return static_cast<int>(std::find(x.begin(), x.end(), largest) - x.begin());
}

Choice choose_token(const TokenScores& scores, int end_of_text) {
  int token = scores.arg_max();
  if (token < 0) token = end_of_text;
  const float logprob = scores[token] - scores.log_sum_exp();
  return {token, std::isfinite(logprob) ? logprob : 0.0f};
}

void largest_of(const TokenScores& scores, int count, std::vector<int>& tokens) {
  tokens.clear();
  // What a score must exceed to be among them; not a number exceeds nothing.
  float least = -INFINITY;
  for (int b = 0; b < score_blocks(scores.size()); ++b) {
    if (!(scores.block_largest(b) > least)) continue;
    const std::span<const float> block = scores.block(b);
    for (size_t i = 0; i < block.size(); ++i) {
      if (!(block[i] > least)) continue;
      if (static_cast<int>(tokens.size()) == count) tokens.pop_back();
      const auto place = std::upper_bound(tokens.begin(), tokens.end(), block[i],
                                          [&](float value, int t) { return value > scores[t]; });
      tokens.insert(place, b * kScoreBlock + static_cast<int>(i));
      if (static_cast<int>(tokens.size()) == count) least = scores[tokens.back()];
    }
  }
}

}  // namespace sotto
