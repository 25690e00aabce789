#include "decode/fallback.h"

#include <string>
#include <string_view>
#include <utility>

#include "text/deflate_size.h"

namespace sotto {

namespace {

// Without the space around it, as both references measure it.
std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\n\v\f\r";
  const size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

void keep_better(const DecodedWindow& window, std::optional<DecodedWindow>& best) {
  if (!best || window.avg_logprob > best->avg_logprob) best = window;
}

}  // namespace

WindowVerdict judge(const DecodedWindow& window, const FallbackOptions& options) {
  WindowVerdict verdict;
  verdict.repetitive = window.compression_ratio > options.compression_ratio_threshold;
  verdict.improbable = window.avg_logprob < options.log_prob_threshold;
  verdict.silent = verdict.improbable && window.no_speech_prob > options.no_speech_threshold;
  return verdict;
}

FallbackSearch::FallbackSearch(TokenModel& model, ScoreRows& scores, const Tokenizer& tokenizer,
                               const FallbackOptions& options)
    : tokenizer_(tokenizer),
      options_(options),
      random_(options.seed),
      greedy_(model, scores),
      beam_(model, scores, options.beam),
      sample_(model, scores, options.sampling, random_),
      search_(&greedy_) {}

Status FallbackSearch::begin(const Prompt& prompt, const LogitsRules& rules, int max_tokens) {
  prompt_ = prompt;
  rules_ = &rules;
  max_tokens_ = max_tokens;
  attempt_ = 0;
  done_ = false;
  best_.reset();
  best_varied_.reset();
  return begin_attempt();
}

Status FallbackSearch::begin_attempt() {
  const float temperature = options_.temperatures[attempt_];
  if (temperature > 0) {
    sample_.set_temperature(temperature);
    search_ = &sample_;
  } else {
    search_ = options_.beam.beam_size > 1 ? static_cast<Search*>(&beam_) : &greedy_;
  }
  return search_->begin(prompt_, *rules_, max_tokens_);
}

Result<bool> FallbackSearch::step() {
  if (!done_) SOTTO_TRY(search_->step().status());
  return settle();
}

Result<bool> FallbackSearch::settle() {
  while (!done_ && search_->done()) {
    end_attempt();
    if (!done_) SOTTO_TRY(begin_attempt());
  }
  return done_;
}

void FallbackSearch::end_attempt() {
  DecodedWindow window = search_->result();
  const std::string text = tokenizer_.decode(window.tokens);
  window.compression_ratio = compression_ratio(trimmed(text));
  const WindowVerdict verdict = judge(window, options_);
  keep_better(window, best_);
  if (!verdict.repetitive) keep_better(window, best_varied_);
  if (verdict.accepted()) {
    result_ = std::move(window);
    done_ = true;
  } else if (attempt_ + 1 == options_.temperatures.size()) {
    result_ = std::move(best_varied_ ? *best_varied_ : *best_);
    done_ = true;
  } else {
    ++attempt_;
  }
}

}  // namespace sotto
