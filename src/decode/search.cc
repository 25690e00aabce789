#include "decode/search.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "decode/probability.h"

namespace sotto {

Result<MatrixF32> ScoreRows::rows(int count) {
  const int n_vocab = static_cast<int>(row_.size());
  if (count <= 1) return MatrixF32(row_.data(), count, n_vocab);
  if (count > more_.rows) {
    const size_t floats = static_cast<size_t>(count) * n_vocab;
    SOTTO_ASSIGN(Arena arena, Arena::reserve(align_up(floats * sizeof(float))));
    arena_ = std::move(arena);
    more_ = MatrixF32(arena_.take<float>(floats), count, n_vocab);
  }
  return more_.row_range(0, count);
}

Status Search::begin(const Prompt& prompt, const LogitsRules& rules, int max_tokens) {
  prompt_ = prompt;
  rules_ = &rules;
  const int room = model_.capacity_tokens() - static_cast<int>(prompt.tokens.size());
  max_tokens_ = std::min(max_tokens, room);
  done_ = max_tokens_ <= 0;
  result_ = {};
  fed_tokens_ = 0;
  model_.clear();
  return start();
}

Result<bool> Search::step() {
  if (done_) return true;
  if (fed_tokens_ < static_cast<int>(prompt_.tokens.size())) {
    SOTTO_TRY(feed_prompt());
  } else {
    SOTTO_TRY(choose_next());
  }
  return done_;
}

Status Search::feed_prompt() {
  const std::span<const int> tokens(prompt_.tokens);
  const int first = fed_tokens_;
  const int count = std::min(TokenModel::kMaxFeed_tokens, static_cast<int>(tokens.size()) - first);
  SOTTO_TRY(model_.feed(tokens.subspan(first, count)));
  fed_tokens_ += count;

  const std::span<float> logits = scores_.row();
  const MatrixF32 row(logits.data(), 1, static_cast<int>(logits.size()));
  const int sot_row = prompt_.sot_index - first;
  if (sot_row >= 0 && sot_row < count) {
    model_.logits(sot_row, row);
    const float score = logits[rules_->special.no_speech];
    result_.no_speech_prob = std::exp(score - log_sum_exp(logits));
  }
  if (fed_tokens_ == static_cast<int>(tokens.size())) {
    model_.logits(count - 1, row);
    choose_first(logits);
  }
  return {};
}

}  // namespace sotto
