// What a search asks of a model: scores of the tokens that may follow each of its hypotheses.
#pragma once

#include <span>

#include "base/status.h"
#include "model/token_scores.h"

namespace sotto {

// Holds several hypotheses of the same length, whose next tokens one pass takes together.
class TokenModel {
 public:
  // Tokens that feed() takes at a time.
  static constexpr int kMaxFeed_tokens = 32;

  virtual ~TokenModel() = default;

  virtual int n_vocab() const = 0;
  // Tokens of a hypothesis at most.
  virtual int capacity_tokens() const = 0;

  // One hypothesis, which has the first `tokens` of the first one's.
  virtual void keep(int tokens) = 0;
  // Appends 1 to kMaxFeed_tokens tokens to the only hypothesis: a row each. Errors of the model.
  virtual Status feed(std::span<const int> tokens) = 0;
  // Appends a token to each hypothesis, in their order: a row each.
  virtual Status step(std::span<const int> tokens) = 0;
  // Hypothesis i goes on from what sources[i] was; as many as there are sources, 1 to 32.
  virtual void select(std::span<const int> sources) = 0;
  // Scores, summed up, of what may follow rows [first, first + scores.rows()) of the last pass.
  virtual void score(int first, const ScoreTable& scores) = 0;
};

}  // namespace sotto
