// A text that a search follows, and which of several is the best.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "decode/search.h"

namespace sotto {

struct Hypothesis {
  std::vector<int> tokens;  // chosen, without prompt and end of text
  double sum_logprob = 0;   // of them and, where it was chosen, of the end of text
};

// The most probable for its length, the first of equals: by sum_logprob / length, or with a penalty
// by sum_logprob / ((5 + length) / 6)^penalty (Wu et al., Google's Neural Machine Translation
// System, 2016). Source: openai-whisper, decoding.py, MaximumLikelihoodRanker.
int best_hypothesis(std::span<const Hypothesis> hypotheses, std::optional<float> length_penalty);

// Writes tokens and mean log-probability of a hypothesis into what a search returns.
void report(const Hypothesis& hypothesis, DecodedWindow& window);

}  // namespace sotto
