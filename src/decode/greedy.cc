#include "decode/greedy.h"

#include "decode/probability.h"

namespace sotto {

Status GreedySearch::start() {
  sum_logprob_ = 0;
  return {};
}

void GreedySearch::add_last(std::vector<int>& tokens) const {
  tokens.push_back(result_.tokens.back());
}

void GreedySearch::choose_next(const ScoreTable& scores) { choose_first(scores.row(0)); }

void GreedySearch::choose_first(const TokenScores& scores) {
  apply_rules(*rules_, result_.tokens, scores);
  const auto [token, logprob] = choose_token(scores, rules_->special.end_of_text);
  sum_logprob_ += logprob;
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
