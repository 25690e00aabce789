#include "decode/draft_search.h"

#include <algorithm>
#include <cmath>

#include "decode/probability.h"

namespace sotto {

Status DraftSearch::run(const Prompt& prompt, std::span<const int> draft, const LogitsRules& rules,
                        int max_tokens, QueryTap& tap) {
  max_tokens = std::min(max_tokens, room(prompt, tap));
  const int drafted = std::clamp(max_tokens, 0, static_cast<int>(draft.size()));
  result_ = {};
  given_.reset();
  begin(prompt, draft.first(drafted));
  past_.clear();
  return search(prompt, rules, max_tokens, tap);
}

Status DraftSearch::follow(const Prompt& prompt, std::span<const int> text,
                           const LogitsRules& rules, QueryTap& tap) {
  result_ = {.no_speech_prob = result_.no_speech_prob};
  text = text.first(std::clamp(room(prompt, tap), 0, static_cast<int>(text.size())));
  given_ = text;
  begin(prompt, text);
  // The scores behind the prompt are asked for once more.
  past_.keep(static_cast<int>(prompt.tokens.size()) - 1);
  return search(prompt, rules, static_cast<int>(text.size()), tap);
}

int DraftSearch::room(const Prompt& prompt, const QueryTap& tap) const {
  const int most = std::min(past_.capacity_tokens(), tap.capacity_tokens());
  return most - static_cast<int>(prompt.tokens.size());
}

void DraftSearch::begin(const Prompt& prompt, std::span<const int> text) {
  tokens_ = prompt.tokens;
  tokens_.insert(tokens_.end(), text.begin(), text.end());
  sum_logprob_ = 0;
}

Status DraftSearch::search(const Prompt& prompt, const LogitsRules& rules, int max_tokens,
                           QueryTap& tap) {
  done_ = max_tokens <= 0;
  decoder_.set_tap(&tap);
  Status status;
  while (!done_ && status.ok()) status = feed(prompt, rules, max_tokens);
  decoder_.set_tap(nullptr);
  result_.avg_logprob =
      static_cast<float>(sum_logprob_ / static_cast<double>(result_.tokens.size() + 1));
  return status;
}

// One pass, and what its rows say.
Status DraftSearch::feed(const Prompt& prompt, const LogitsRules& rules, int max_tokens) {
  const int first = past_.size_tokens();
  const int end = std::min(first + Decoder::kMaxBatch_tokens, static_cast<int>(tokens_.size()));
  SOTTO_TRY(decoder_.forward(std::span(tokens_).subspan(first, end - first), past_, audio_));
  if (prompt.sot_index >= first && prompt.sot_index < end) {
    decoder_.score(prompt.sot_index - first, scores_.one());
    const TokenScores scores = scores_.one().row(0);
    result_.no_speech_prob = std::exp(scores[rules.special.no_speech] - scores.log_sum_exp());
  }
  int row = std::max(first, static_cast<int>(prompt.tokens.size()) - 1);
  while (row < end) {
    const int count = std::min(kScoreRows, end - row);
    SOTTO_ASSIGN(const ScoreTable scores, scores_.rows(count));
    decoder_.score(row - first, scores);
    for (int r = 0; r < count; ++r) {
      done_ = choose(scores.row(r), rules, max_tokens);
      if (done_) return {};
      const auto next = static_cast<size_t>(row + r + 1);
      const int chosen = result_.tokens.back();
      if (next < tokens_.size() && tokens_[next] == chosen) continue;
      // Here the draft ends, or errs.
      tokens_.resize(next);
      tokens_.push_back(chosen);
      past_.resize(static_cast<int>(next));
      return {};
    }
    row += count;
  }
  return {};
}

// True at the end of the text.
bool DraftSearch::choose(const TokenScores& scores, const LogitsRules& rules, int max_tokens) {
  apply_rules(rules, result_.tokens, scores);
  const auto [token, logprob] = next(scores, rules.special);
  sum_logprob_ += logprob;
  if (token == rules.special.end_of_text) return true;
  if (static_cast<int>(result_.tokens.size()) == max_tokens) return true;
  result_.tokens.push_back(token);
  result_.probability.push_back(std::exp(logprob));
  return false;
}

// The most probable token, or the one that is given.
Choice DraftSearch::next(const TokenScores& scores, const SpecialTokens& special) const {
  if (!given_) return choose_token(scores, special.end_of_text);
  const size_t said = result_.tokens.size();
  const int token = said < given_->size() ? (*given_)[said] : special.end_of_text;
  const float logprob = scores[token] - scores.log_sum_exp();
  return {token, std::isfinite(logprob) ? logprob : 0.0f};
}

}  // namespace sotto
