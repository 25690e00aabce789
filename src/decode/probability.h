// Probabilities of tokens from their scores.
#pragma once

#include <span>
#include <vector>

namespace sotto {

// log(sum(exp(x))); minus infinity where all are, or where there are none.
float log_sum_exp(std::span<const float> x);

// Index of the largest score, the first of equals; -1 where none is a number above minus infinity.
int arg_max(std::span<const float> x);

// What greedy search takes.
struct Choice {
  int token = 0;
  float logprob = 0;  // 0 where it is no finite number
};

// The most probable token. Scores that are no numbers leave nothing to choose: the text ends.
Choice choose_token(std::span<const float> logits, int end_of_text);

// Indices of the `count` largest scores, the largest first, the first of equals first; fewer where
// fewer are numbers above minus infinity.
void largest_of(std::span<const float> x, int count, std::vector<int>& indices);

}  // namespace sotto
