// Beam search: the most probable texts of each length are followed together.
// Source: openai-whisper, decoding.py, BeamSearchDecoder.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "decode/hypothesis.h"
#include "decode/search.h"

namespace sotto {

struct BeamOptions {
  // Texts that are followed, 1 to 32 (`beam_size`).
  int beam_size = 5;
  // The search ends when beam_size * patience texts have come to their end, rounded, at least one
  // (Kasai et al., A Call for Clarity in Beam Search, 2022).
  float patience = 1.0f;
  // As in best_hypothesis().
  std::optional<float> length_penalty;
};

class BeamSearch final : public Search {
 public:
  BeamSearch(TokenModel& model, ScoreRows& scores, const BeamOptions& options);

 private:
  // A way to go on, or to end.
  struct Candidate {
    int source;  // index of the hypothesis
    int token;
    double sum_logprob;
  };

  Status start() override;
  void choose_first(const TokenScores& scores) override;
  void add_last(std::vector<int>& tokens) const override;
  void choose_next(const ScoreTable& scores) override;

  void add_candidates(int source, const TokenScores& scores);
  void follow_best();
  void finish();

  BeamOptions options_;
  size_t most_ended_;
  std::vector<Hypothesis> live_, next_, ended_;
  std::vector<Candidate> candidates_;
  std::vector<int> best_tokens_;  // of one hypothesis
  std::vector<int> sources_;
};

}  // namespace sotto
