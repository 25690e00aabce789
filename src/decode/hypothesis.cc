#include "decode/hypothesis.h"

#include <algorithm>
#include <cmath>

namespace sotto {

int best_hypothesis(std::span<const Hypothesis> hypotheses, std::optional<float> length_penalty) {
  const auto score = [&](const Hypothesis& h) {
    const double length = static_cast<double>(h.tokens.size());
    const double divisor =
        length_penalty ? std::pow((5.0 + length) / 6.0, static_cast<double>(*length_penalty))
                       : std::max(length, 1.0);
    return h.sum_logprob / divisor;
  };
  int best = 0;
  for (int i = 1; i < static_cast<int>(hypotheses.size()); ++i) {
    if (score(hypotheses[i]) > score(hypotheses[best])) best = i;
  }
  return best;
}

void report(const Hypothesis& hypothesis, DecodedWindow& window) {
  window.tokens = hypothesis.tokens;
  window.avg_logprob = static_cast<float>(hypothesis.sum_logprob /
                                          static_cast<double>(hypothesis.tokens.size() + 1));
}

}  // namespace sotto
