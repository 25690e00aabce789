#include "decode/logits_rules.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "decode/probability.h"
#include "kernels/maximum.h"

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

void penalize_repetition(float penalty, std::span<const int> sampled, std::span<float> logits) {
  for (size_t i = 0; i < sampled.size(); ++i) {
    const auto earlier = sampled.first(i);
    // However often it was said, it is penalised once.
    if (std::find(earlier.begin(), earlier.end(), sampled[i]) != earlier.end()) continue;
    float& score = logits[sampled[i]];
    score = score > 0 ? score / penalty : score * penalty;
  }
}

void forbid_repeated_ngram(int size, std::span<const int> sampled, std::span<float> logits) {
  const int n = static_cast<int>(sampled.size()), before = size - 1;
  const auto ending = sampled.end() - std::min(before, n);
  for (int i = 0; i + size <= n; ++i) {
    if (std::equal(ending, sampled.end(), sampled.begin() + i)) {
      logits[sampled[i + before]] = kNever;
    }
  }
}

void suppress_tokens(std::span<const int> tokens, std::span<float> logits) {
  for (int token : tokens) {
    if (token >= 0 && token < static_cast<int>(logits.size())) logits[token] = kNever;
  }
}

void suppress_range(int first, int end, std::span<float> logits) {
  const int size = static_cast<int>(logits.size());
  for (int i = std::max(first, 0); i < std::min(end, size); ++i) logits[i] = kNever;
}

void suppress_blank(std::span<const int> blank_tokens, int end_of_text,
                    std::span<const int> sampled, std::span<float> logits) {
  if (!sampled.empty()) return;
  suppress_tokens(blank_tokens, logits);
  suppress_range(end_of_text, end_of_text + 1, logits);
}

void pair_timestamps(const SpecialTokens& special, std::span<const int> sampled,
                     std::span<float> logits) {
  const Ending ending(special, sampled);
  if (!ending.after_timestamp) return;
  if (ending.after_pair) {
    suppress_range(special.timestamp_begin, special.n_vocab, logits);
  } else {
    suppress_range(0, special.end_of_text, logits);
  }
}

void order_timestamps(const SpecialTokens& special, std::span<const int> sampled,
                      std::span<float> logits) {
  const auto last = std::find_if(sampled.rbegin(), sampled.rend(),
                                 [&](int token) { return special.is_timestamp(token); });
  if (last == sampled.rend()) return;
  const Ending ending(special, sampled);
  // The second of a pair may repeat the first: one segment ends where the next begins.
  const bool may_repeat = ending.after_timestamp && !ending.after_pair;
  suppress_range(special.timestamp_begin, may_repeat ? *last : *last + 1, logits);
}

void begin_with_timestamp(const SpecialTokens& special, int max_initial,
                          std::span<const int> sampled, std::span<float> logits) {
  if (!sampled.empty()) return;
  suppress_range(0, special.timestamp_begin, logits);
  if (max_initial >= 0) {
    suppress_range(special.timestamp_begin + max_initial + 1, special.n_vocab, logits);
  }
}

void prefer_timestamp(const SpecialTokens& special, std::span<float> logits) {
  const std::span<const float> text = logits.first(special.timestamp_begin);
  const std::span<const float> timestamps = logits.subspan(special.timestamp_begin);
  if (timestamps.empty()) return;
  if (log_sum_exp(timestamps) > max_f32(text.data(), static_cast<int>(text.size()))) {
    suppress_range(0, special.timestamp_begin, logits);
  }
}

void apply_rules(const LogitsRules& rules, std::span<const int> sampled, std::span<float> logits) {
  const SpecialTokens& special = rules.special;
  if (rules.repetition_penalty != 1) {
    penalize_repetition(rules.repetition_penalty, sampled, logits);
  }
  if (rules.no_repeat_ngram_size > 0) {
    forbid_repeated_ngram(rules.no_repeat_ngram_size, sampled, logits);
  }
  if (!rules.blank_tokens.empty()) {
    suppress_blank(rules.blank_tokens, special.end_of_text, sampled, logits);
  }
  suppress_tokens(rules.suppressed, logits);
  if (!rules.timestamps) {
    suppress_range(special.timestamp_begin, special.n_vocab, logits);
    return;
  }
  suppress_range(special.no_timestamps, special.no_timestamps + 1, logits);
  pair_timestamps(special, sampled, logits);
  order_timestamps(special, sampled, logits);
  if (rules.begin_timestamp) {
    begin_with_timestamp(special, rules.max_initial_timestamp, sampled, logits);
  }
  prefer_timestamp(special, logits);
}

}  // namespace sotto
