// What Whisper may not say: rules that lower the scores of tokens, most of them to minus infinity,
// before one is chosen. One rule, one function. Source: openai-whisper, decoding.py (SuppressBlank,
// SuppressTokens, ApplyTimestampRules); CTranslate2, decoding_utils.cc (RepetitionPenalty,
// NoRepeatNgram).
#pragma once

#include <span>
#include <vector>

#include "model/token_scores.h"
#include "text/special_tokens.h"

namespace sotto {

// `scores` are of n_vocab tokens, summed up; `sampled` are the tokens chosen so far in this window,
// without the prompt.

// Tokens that were said are less probable: positive scores are divided by `penalty`, others
// multiplied.
void penalize_repetition(float penalty, std::span<const int> sampled, const TokenScores& scores);

// No `size` tokens in a row are said twice.
void forbid_repeated_ngram(int size, std::span<const int> sampled, const TokenScores& scores);

// No token of the list.
void suppress_tokens(std::span<const int> tokens, const TokenScores& scores);

// A window does not begin with a blank or the end of the text.
void suppress_blank(std::span<const int> blank_tokens, int end_of_text,
                    std::span<const int> sampled, const TokenScores& scores);

// Timestamps come in pairs, except directly before the end: after a lone one text cannot follow,
// after two no third.
void pair_timestamps(const SpecialTokens& special, std::span<const int> sampled,
                     const TokenScores& scores);

// Timestamps do not go back, and a segment has a length.
void order_timestamps(const SpecialTokens& special, std::span<const int> sampled,
                      const TokenScores& scores);

// A window begins with a timestamp, of at most `max_initial` (in steps of 0.02 s; negative: any).
void begin_with_timestamp(const SpecialTokens& special, int max_initial,
                          std::span<const int> sampled, const TokenScores& scores);

// Where all timestamps together are more probable than every other token, it is a timestamp.
void prefer_timestamp(const SpecialTokens& special, const TokenScores& scores);

// The rules of a transcription, chosen once.
struct LogitsRules {
  SpecialTokens special;
  float repetition_penalty = 1;   // 1: no such rule
  int no_repeat_ngram_size = 0;   // 0: no such rule
  std::vector<int> suppressed;    // suppress_tokens, always
  std::vector<int> blank_tokens;  // suppress_blank; empty: no such rule
  bool timestamps = true;         // the four timestamp rules; otherwise no timestamp at all
  bool begin_timestamp = true;    // begin_with_timestamp among them; a prefix has begun already
  int max_initial_timestamp = 50;
  // Tokens at the end of the prompt that count as sampled, too: the text has begun with them, may
  // end behind them, and repeats them. openai-whisper counts none.
  std::vector<int> said;
};

// All of them: those of repetition by the model's own scores, then openai-whisper's in its order.
void apply_rules(const LogitsRules& rules, std::span<const int> sampled, const TokenScores& scores);

}  // namespace sotto
