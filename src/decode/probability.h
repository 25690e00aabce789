// Tokens by their scores.
#pragma once

#include <span>
#include <vector>

#include "model/token_scores.h"

namespace sotto {

// Index of the largest score, the first of equals; -1 where none is a number above minus infinity.
int arg_max(std::span<const float> x);

// What greedy search takes.
struct Choice {
  int token = 0;
  float logprob = 0;  // 0 where it is no finite number
};

// The most probable token. Scores that are no numbers leave nothing to choose: the text ends.
Choice choose_token(const TokenScores& scores, int end_of_text);

// Tokens of the `count` largest scores, the largest first, the first of equals first; fewer where
// fewer are numbers above minus infinity.
void largest_of(const TokenScores& scores, int count, std::vector<int>& tokens);

}  // namespace sotto
