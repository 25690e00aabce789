#include "decode/greedy.h"

#include <cmath>

#include "decode/probability.h"

namespace sotto {

Status GreedySearch::start() {
  sum_logprob_ = 0;
  return {};
}

void GreedySearch::add_last(std::vector<int>& tokens) const {
  tokens.push_back(result_.tokens.back());
}

void GreedySearch::choose_next(MatrixF32 scores) {
  choose_first(std::span(scores.row(0), static_cast<size_t>(scores.cols)));
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
