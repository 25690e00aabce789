#include "decode/probability.h"

#include <algorithm>
#include <cmath>

#include "kernels/log_sum_exp.h"
#include "kernels/maximum.h"

namespace sotto {

float log_sum_exp(std::span<const float> x) {
  const int n = static_cast<int>(x.size());
  const float largest = max_f32(x.data(), n);
  if (!std::isfinite(largest)) return largest;
  return largest + std::log(sum_exp_f32(x.data(), n, largest));
}

int arg_max(std::span<const float> x) {
  const float largest = max_f32(x.data(), static_cast<int>(x.size()));
  if (largest == -INFINITY) return -1;
  return static_cast<int>(std::find(x.begin(), x.end(), largest) - x.begin());
}

Choice choose_token(std::span<const float> logits, int end_of_text) {
  int token = arg_max(logits);
  if (token < 0) token = end_of_text;
  const float logprob = logits[token] - log_sum_exp(logits);
  return {token, std::isfinite(logprob) ? logprob : 0.0f};
}

void largest_of(std::span<const float> x, int count, std::vector<int>& indices) {
  indices.clear();
  // What a score must exceed to be among them; not a number exceeds nothing.
  float least = -INFINITY;
  for (int i = 0; i < static_cast<int>(x.size()); ++i) {
    if (!(x[i] > least)) continue;
    if (static_cast<int>(indices.size()) == count) indices.pop_back();
    const auto place = std::upper_bound(indices.begin(), indices.end(), x[i],
                                        [&](float value, int index) { return value > x[index]; });
    indices.insert(place, i);
    if (static_cast<int>(indices.size()) == count) least = x[indices.back()];
  }
}

}  // namespace sotto
