// What every search has in common: a window's prompt goes to the model, then tokens are chosen, one
// pass at a time. Source: openai-whisper, decoding.py, DecodingTask.
#pragma once

#include <span>
#include <vector>

#include "base/arena.h"
#include "base/status.h"
#include "decode/logits_rules.h"
#include "decode/token_model.h"

namespace sotto {

// What the model said about one window.
struct DecodedWindow {
  std::vector<int> tokens;   // chosen, without prompt and end of text
  float avg_logprob = 0;     // sum of log-probabilities over tokens + 1, the end of text included
  float no_speech_prob = 0;  // of <|nospeech|> in place of the first token
  float temperature = 0;
  // Bytes of the text to its compressed bytes, where it was judged (decode/fallback.h).
  float compression_ratio = 0;
};

// What the decoder is told before tokens are chosen.
struct Prompt {
  std::vector<int> tokens;  // [<|startofprev|>, previous text,] <|startoftranscript|>, ...
  int sot_index = 0;        // where <|startoftranscript|> stands
  int prefix_tokens = 0;    // the last ones, with which the text begins
  // The first ones, not all, that the model has heard already: they are not fed again.
  int fed_tokens = 0;
};

// A pass of the model that a search asks for. What it points at stays until the next one.
struct SearchPass {
  std::span<const int> tokens;  // of the only hypothesis, or one of each
  std::span<const int> rows;    // whose scores are to be heard; all where it is no prompt
  bool is_prompt = false;       // successive tokens of the only hypothesis
};

// Scores of the tokens of several hypotheses. One row is borrowed; more are reserved when they are
// needed, and kept.
class ScoreRows {
 public:
  explicit ScoreRows(const ScoreTable& one) : one_(one) {}

  // `count` rows of n_vocab; OutOfMemory.
  Result<ScoreTable> rows(int count);
  // Memory for as many, so that none is asked for later; OutOfMemory.
  Status reserve(int count);
  const ScoreTable& one() const { return one_; }

 private:
  ScoreTable one_;
  Arena arena_;
  ScoreTable more_;
};

// One window at a time. Borrows all it is given.
class Search {
 public:
  Search(TokenModel& model, ScoreRows& scores) : model_(model), scores_(scores) {}
  virtual ~Search() = default;
  Search(const Search&) = delete;
  Search& operator=(const Search&) = delete;

  // Starts on what the model hears. `rules` must stay until the search is done. At most
  // `max_tokens` are chosen, and no more than the context holds. OutOfMemory.
  Status begin(const Prompt& prompt, const LogitsRules& rules, int max_tokens);
  // One pass over a part of the prompt, or one token of each hypothesis. True when the window is
  // done. Errors of the model.
  Result<bool> step();
  // The best so far.
  const DecodedWindow& result() const { return result_; }

  // What step() does, for those who run the passes of several searches together: asks for the next
  // pass, until it is done, and hears the scores of its rows from `first` on.
  bool done() const { return done_; }
  SearchPass pass();
  void hear(int first, const ScoreTable& scores);

 protected:
  virtual Status start() = 0;
  // Chooses first tokens by the scores that follow the prompt, before any rule.
  virtual void choose_first(const TokenScores& scores) = 0;
  // Adds the last token of each hypothesis.
  virtual void add_last(std::vector<int>& tokens) const = 0;
  // Chooses the tokens to follow them by their scores, before any rule.
  virtual void choose_next(const ScoreTable& scores) = 0;

  TokenModel& model_;
  ScoreRows& scores_;
  const LogitsRules* rules_ = nullptr;
  int max_tokens_ = 0;
  bool done_ = false;
  DecodedWindow result_;

 private:
  bool is_fed() const { return fed_tokens_ == static_cast<int>(prompt_.tokens.size()); }
  SearchPass prompt_pass();
  void hear_prompt(int row, const TokenScores& scores);

  Prompt prompt_;
  int fed_tokens_ = 0;
  int pass_begin_ = 0;  // of the prompt's tokens in this pass; negative behind it
  std::vector<int> tokens_, rows_;
};

}  // namespace sotto
