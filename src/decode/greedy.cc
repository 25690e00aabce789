#include "decode/greedy.h"

#include <cmath>

#include "decode/probability.h"

namespace sotto {

Status GreedySearch::start() {
  sum_logprob_ = 0;
  return {};
}

Status GreedySearch::choose_next() {
  const int last = result_.tokens.back();
  SOTTO_TRY(model_.step(std::span(&last, 1)));
  const std::span<float> logits = scores_.row();
  model_.logits(0, MatrixF32(logits.data(), 1, static_cast<int>(logits.size())));
  choose_first(logits);
  return {};
}

void GreedySearch::choose_first(std::span<float> logits) {
  apply_rules(*rules_, result_.tokens, logits);
  int token = arg_max(logits);
  // Scores that are no numbers leave nothing to choose: the text ends.
  if (token < 0) token = rules_->special.end_of_text;
  const float logprob = logits[token] - log_sum_exp(logits);
  sum_logprob_ += std::isfinite(logprob) ? logprob : 0.0f;
  if (token == rules_->special.end_of_text) {
    done_ = true;
  } else {
    result_.tokens.push_back(token);
    done_ = static_cast<int>(result_.tokens.size()) >= max_tokens_;
  }
  result_.avg_logprob =
      static_cast<float>(sum_logprob_ / static_cast<double>(result_.tokens.size() + 1));
}

}  // namespace sotto
