#include "decode/logits_rules.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace sotto {

namespace {

constexpr float kNever = -std::numeric_limits<float>::infinity();

// How the sampled tokens end.
struct Ending {
  bool after_timestamp;
  bool after_pair;  // the one before is a timestamp too, or there is none

  Ending(const SpecialTokens& special, std::span<const int> sampled) {
    const size_t n = sampled.size();
    after_timestamp = n >= 1 && special.is_timestamp(sampled[n - 1]);
    after_pair = after_timestamp && (n < 2 || special.is_timestamp(sampled[n - 2]));
  }
};

}  // namespace

void penalize_repetition(float penalty, std::span<const int> sampled, const TokenScores& scores) {
  for (size_t i = 0; i < sampled.size(); ++i) {
    const auto earlier = sampled.first(i);
    // However often it was said, it is penalised once.
    if (std::find(earlier.begin(), earlier.end(), sampled[i]) != earlier.end()) continue;
    const float score = scores[sampled[i]];
    scores.set(sampled[i], score > 0 ? score / penalty : score * penalty);
  }
}

void forbid_repeated_ngram(int size, std::span<const int> sampled, const TokenScores& scores) {
  const int n = static_cast<int>(sampled.size()), before = size - 1;
  const auto ending = sampled.end() - std::min(before, n);
  for (int i = 0; i + size <= n; ++i) {
    if (std::equal(ending, sampled.end(), sampled.begin() + i)) {
      scores.set(sampled[i + before], kNever);
    }
  }
}

void suppress_tokens(std::span<const int> tokens, const TokenScores& scores) {
  for (int token : tokens) {
    if (token >= 0 && token < scores.size()) scores.set(token, kNever);
  }
}

void suppress_blank(std::span<const int> blank_tokens, int end_of_text,
                    std::span<const int> sampled, const TokenScores& scores) {
  if (!sampled.empty()) return;
  suppress_tokens(blank_tokens, scores);
  scores.forbid(end_of_text, end_of_text + 1);
}

void pair_timestamps(const SpecialTokens& special, std::span<const int> sampled,
                     const TokenScores& scores) {
  const Ending ending(special, sampled);
  if (!ending.after_timestamp) return;
  if (ending.after_pair) {
    scores.forbid(special.timestamp_begin, special.n_vocab);
  } else {
    scores.forbid(0, special.end_of_text);
  }
}

void order_timestamps(const SpecialTokens& special, std::span<const int> sampled,
                      const TokenScores& scores) {
  const auto last = std::find_if(sampled.rbegin(), sampled.rend(),
                                 [&](int token) { return special.is_timestamp(token); });
  if (last == sampled.rend()) return;
  const Ending ending(special, sampled);
  // The second of a pair may repeat the first: one segment ends where the next begins.
  const bool may_repeat = ending.after_timestamp && !ending.after_pair;
  scores.forbid(special.timestamp_begin, may_repeat ? *last : *last + 1);
}

void begin_with_timestamp(const SpecialTokens& special, int max_initial,
                          std::span<const int> sampled, const TokenScores& scores) {
  if (!sampled.empty()) return;
  scores.forbid(0, special.timestamp_begin);
  if (max_initial >= 0) {
    scores.forbid(special.timestamp_begin + max_initial + 1, special.n_vocab);
  }
}

void prefer_timestamp(const SpecialTokens& special, const TokenScores& scores) {
  const int begin = special.timestamp_begin;
  if (begin >= scores.size()) return;
  if (scores.log_sum_exp(begin, scores.size()) > scores.largest(0, begin)) scores.forbid(0, begin);
}

void apply_rules(const LogitsRules& rules, std::span<const int> sampled,
                 const TokenScores& scores) {
  std::vector<int> said;
  if (!rules.said.empty()) {
    said = rules.said;
    said.insert(said.end(), sampled.begin(), sampled.end());
    sampled = said;
  }
  const SpecialTokens& special = rules.special;
  if (rules.repetition_penalty != 1) {
    penalize_repetition(rules.repetition_penalty, sampled, scores);
  }
  if (rules.no_repeat_ngram_size > 0) {
    forbid_repeated_ngram(rules.no_repeat_ngram_size, sampled, scores);
  }
  if (!rules.blank_tokens.empty()) {
    suppress_blank(rules.blank_tokens, special.end_of_text, sampled, scores);
  }
  suppress_tokens(rules.suppressed, scores);
  if (!rules.timestamps) {
    scores.forbid(special.timestamp_begin, special.n_vocab);
    return;
  }
  scores.forbid(special.no_timestamps, special.no_timestamps + 1);
  pair_timestamps(special, sampled, scores);
  order_timestamps(special, sampled, scores);
  if (rules.begin_timestamp) {
    begin_with_timestamp(special, rules.max_initial_timestamp, sampled, scores);
  }
  prefer_timestamp(special, scores);
}

}  // namespace sotto
