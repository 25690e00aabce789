// Decoding a window at rising temperatures until its text is neither repetitive nor improbable.
// Source: openai-whisper, transcribe.py, decode_with_fallback; faster-whisper, transcribe.py,
// generate_with_fallback.
#pragma once

#include <optional>
#include <vector>

#include "decode/beam.h"
#include "decode/greedy.h"
#include "decode/sampling.h"
#include "text/tokenizer.h"

namespace sotto {

struct FallbackOptions {
  // Tried in this order: 0 is greedy or beam search, others sample.
  std::vector<float> temperatures = {0.0f, 0.2f, 0.4f, 0.6f, 0.8f, 1.0f};
  // Text whose compression ratio is above it repeats itself (`compression_ratio_threshold`).
  float compression_ratio_threshold = 2.4f;
  // Text whose mean log-probability is below it is improbable (`log_prob_threshold`)...
  float log_prob_threshold = -1.0f;
  // ... and taken for silence where the probability of no speech is above this one
  // (`no_speech_threshold`).
  float no_speech_threshold = 0.6f;
  // At temperature 0: beam search where beam_size is above 1, else greedy search.
  BeamOptions beam{.beam_size = 1};
  // Above 0.
  SamplingOptions sampling;
  uint64_t seed = 0;
};

// What a window's text must be measured by.
struct WindowVerdict {
  bool repetitive = false;
  bool improbable = false;
  bool silent = false;  // improbable, and probably no speech
  bool accepted() const { return silent || !(repetitive || improbable); }
};
WindowVerdict judge(const DecodedWindow& window, const FallbackOptions& options);

// One window at a time. Borrows model, scores and tokenizer.
class FallbackSearch {
 public:
  FallbackSearch(TokenModel& model, ScoreRows& scores, const Tokenizer& tokenizer,
                 const FallbackOptions& options);
  FallbackSearch(const FallbackSearch&) = delete;
  FallbackSearch& operator=(const FallbackSearch&) = delete;

  // As Search::begin().
  Status begin(const Prompt& prompt, const LogitsRules& rules, int max_tokens);
  // One pass. True when the window is done: a text was accepted or, where none was, the most
  // probable of those that do not repeat themselves (or of all) is taken.
  Result<bool> step();
  // For several windows at a time: as Search::pass() and hear() of the attempt at hand, and after
  // begin() and each pass whether the window is done, as step() tells it.
  SearchPass pass() { return search_->pass(); }
  void hear(int first, const ScoreTable& scores) { search_->hear(first, scores); }
  Result<bool> settle();
  // Where the random numbers of the next windows begin.
  void seed(uint64_t seed) { random_ = RandomNumbers(seed); }
  // The window's text; while it is decoded, that of the attempt at hand.
  const DecodedWindow& result() const { return done_ ? result_ : search_->result(); }
  // The last that was tried, which says how hard the window was.
  float last_temperature() const { return options_.temperatures[attempt_]; }

 private:
  Status begin_attempt();
  void end_attempt();

  const Tokenizer& tokenizer_;
  FallbackOptions options_;
  RandomNumbers random_;
  GreedySearch greedy_;
  BeamSearch beam_;
  SampleSearch sample_;
  Search* search_;
  size_t attempt_ = 0;
  bool done_ = false;
  Prompt prompt_;
  const LogitsRules* rules_ = nullptr;
  int max_tokens_ = 0;
  DecodedWindow result_;
  std::optional<DecodedWindow> best_, best_varied_;
};

}  // namespace sotto
