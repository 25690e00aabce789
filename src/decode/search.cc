#include "decode/search.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace sotto {

Status ScoreRows::reserve(int count) {
  if (count <= more_.rows()) return {};
  ArenaLayout sizes;
  ScoreTable::take(sizes, count, one_.n_vocab());
  SOTTO_ASSIGN(Arena arena, Arena::reserve(sizes.total_bytes()));
  arena_ = std::move(arena);
  ArenaLayout places(arena_);
  more_ = ScoreTable::take(places, count, one_.n_vocab());
  return {};
}

Result<ScoreTable> ScoreRows::rows(int count) {
  if (count <= 1) return one_.row_range(0, count);
  SOTTO_TRY(reserve(count));
  return more_.row_range(0, count);
}

Status Search::begin(const Prompt& prompt, const LogitsRules& rules, int max_tokens) {
  prompt_ = prompt;
  rules_ = &rules;
  const int room = model_.capacity_tokens() - static_cast<int>(prompt.tokens.size());
  max_tokens_ = std::min(max_tokens, room);
  done_ = max_tokens_ <= 0;
  result_ = {};
  fed_tokens_ = prompt.fed_tokens;
  model_.keep(prompt.fed_tokens);
  return start();
}

Result<bool> Search::step() {
  if (done_) return true;
  const SearchPass asked = pass();
  SOTTO_TRY(asked.is_prompt ? model_.feed(asked.tokens) : model_.step(asked.tokens));
  // Those of a prompt one after another, in the memory of one.
  const int count = static_cast<int>(asked.rows.size());
  const int together = asked.is_prompt ? 1 : count;
  for (int i = 0; i < count; i += together) {
    SOTTO_ASSIGN(const ScoreTable scores, scores_.rows(together));
    model_.score(asked.rows[i], scores);
    hear(i, scores);
  }
  return done_;
}

SearchPass Search::pass() {
  rows_.clear();
  if (!is_fed()) return prompt_pass();
  pass_begin_ = -1;
  tokens_.clear();
  add_last(tokens_);
  for (size_t i = 0; i < tokens_.size(); ++i) rows_.push_back(static_cast<int>(i));
  return {tokens_, rows_, false};
}

// Scores are asked for where the text begins, and where <|nospeech|> may follow.
SearchPass Search::prompt_pass() {
  const std::span<const int> left = std::span<const int>(prompt_.tokens).subspan(fed_tokens_);
  const int count = std::min(TokenModel::kMaxFeed_tokens, static_cast<int>(left.size()));
  pass_begin_ = fed_tokens_;
  fed_tokens_ += count;
  const int sot_row = prompt_.sot_index - pass_begin_;
  if (sot_row >= 0 && sot_row < count) rows_.push_back(sot_row);
  if (is_fed() && sot_row != count - 1) rows_.push_back(count - 1);
  return {left.first(count), rows_, true};
}

void Search::hear(int first, const ScoreTable& scores) {
  if (pass_begin_ < 0) {
    choose_next(scores);
    return;
  }
  for (int i = 0; i < scores.rows(); ++i) {
    hear_prompt(pass_begin_ + rows_[first + i], scores.row(i));
  }
}

void Search::hear_prompt(int row, const TokenScores& scores) {
  if (row == prompt_.sot_index) {
    const float score = scores[rules_->special.no_speech];
    result_.no_speech_prob = std::exp(score - scores.log_sum_exp());
  }
  if (row + 1 == static_cast<int>(prompt_.tokens.size())) choose_first(scores);
}

}  // namespace sotto
