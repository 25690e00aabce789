// Sampling: several texts are drawn by the probabilities of their tokens, and the best one is
// taken. Source: openai-whisper, decoding.py, GreedyDecoder above temperature 0.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "decode/hypothesis.h"
#include "decode/random.h"
#include "decode/search.h"

namespace sotto {

struct SamplingOptions {
  // Texts that are drawn, 1 to 32 (`best_of`).
  int best_of = 5;
  // As in best_hypothesis().
  std::optional<float> length_penalty;
};

// logits / temperature, temperature above 0.
void scale_logits(std::span<float> logits, float temperature);
// A token by softmax(scaled_logits); -1 where none is a number above minus infinity.
int draw_token(std::span<const float> scaled_logits, RandomNumbers& random);

class SampleSearch final : public Search {
 public:
  // `random` goes on from one window to the next.
  SampleSearch(TokenModel& model, ScoreRows& scores, const SamplingOptions& options,
               RandomNumbers& random)
      : Search(model, scores), options_(options), random_(random) {}

  // Above 0; before begin().
  void set_temperature(float temperature) { temperature_ = temperature; }

 private:
  Status start() override;
  void choose_first(const TokenScores& scores) override;
  void add_last(std::vector<int>& tokens) const override;
  void choose_next(const ScoreTable& scores) override;

  // Applies rules and temperature; returns the log of the sum of exponentials between them.
  float prepare(const Hypothesis& hypothesis, const TokenScores& scores);
  // False where the text has come to its end.
  bool draw(std::span<const float> scaled, float total, Hypothesis& hypothesis);
  void go_on();

  SamplingOptions options_;
  RandomNumbers& random_;
  float temperature_ = 1.0f;
  std::vector<Hypothesis> hypotheses_;
  std::vector<int> live_;     // indices of those that go on, a row of the model each
  std::vector<int> sources_;  // rows before this token of those that go on after it
};

}  // namespace sotto
