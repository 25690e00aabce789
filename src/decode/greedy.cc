#include "decode/greedy.h"

#include <algorithm>
#include <cmath>

#include "decode/probability.h"

namespace sotto {

void GreedySearch::begin(const Prompt& prompt, const LogitsRules& rules, int max_tokens) {
  prompt_ = prompt;
  rules_ = &rules;
  const int room = past_.capacity_tokens() - static_cast<int>(prompt.tokens.size());
  max_tokens_ = std::min(max_tokens, room);
  sum_logprob_ = 0;
  done_ = max_tokens_ <= 0;
  result_ = {};
  past_.resize(0);
}

Result<bool> GreedySearch::step() {
  if (done_) return true;
  if (past_.size_tokens() < static_cast<int>(prompt_.tokens.size())) {
    SOTTO_TRY(feed_prompt());
    return done_;
  }
  const int last = result_.tokens.back();
  SOTTO_TRY(decoder_.forward(std::span(&last, 1), past_, audio_));
  sample(0);
  return done_;
}

Status GreedySearch::feed_prompt() {
  const std::span<const int> tokens(prompt_.tokens);
  const int first = past_.size_tokens();
  const int count = std::min(Decoder::kMaxBatch_tokens, static_cast<int>(tokens.size()) - first);
  SOTTO_TRY(decoder_.forward(tokens.subspan(first, count), past_, audio_));

  const int sot_row = prompt_.sot_index - first;
  if (sot_row >= 0 && sot_row < count) {
    decoder_.logits(sot_row, logits_.data());
    const float score = logits_[rules_->special.no_speech];
    result_.no_speech_prob = std::exp(score - log_sum_exp(logits_));
  }
  if (first + count == static_cast<int>(tokens.size())) sample(count - 1);
  return {};
}

void GreedySearch::sample(int row) {
  decoder_.logits(row, logits_.data());
  apply_rules(*rules_, result_.tokens, logits_);
  int token = arg_max(logits_);
  // Scores that are no numbers leave nothing to choose: the text ends.
  if (token < 0) token = rules_->special.end_of_text;
  const float logprob = logits_[token] - log_sum_exp(logits_);
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
