// Scores that own their memory.
#pragma once

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "kernels/score_blocks.h"
#include "model/token_scores.h"

namespace sotto::test {

class OwnScores {
 public:
  // All as likely.
  explicit OwnScores(int n_vocab) : OwnScores(std::vector<float>(n_vocab)) {}
  OwnScores(std::vector<float> scores)  // NOLINT: a test's list of scores
      : values_(std::move(scores)),
        largest_(score_blocks(static_cast<int>(values_.size()))),
        sums_(largest_.size()) {
    view().sum_up(0, static_cast<int>(values_.size()));
  }
  OwnScores(const OwnScores&) = delete;
  OwnScores& operator=(const OwnScores&) = delete;

  TokenScores view() { return {values_, largest_.data(), sums_.data()}; }
  ScoreTable table() {
    const auto row = [](std::vector<float>& v) {
      return MatrixF32(v.data(), 1, static_cast<int>(v.size()));
    };
    return {row(values_), row(largest_), row(sums_)};
  }
  const std::vector<float>& values() const { return values_; }
  float operator[](int token) const { return values_[token]; }
  void set(int token, float score) { view().set(token, score); }

  bool allowed(int token) const { return std::isfinite(values_[token]); }
  bool all(int first, int end) const { return allowed_in(first, end) == end - first; }
  bool none(int first, int end) const { return allowed_in(first, end) == 0; }

 private:
  int allowed_in(int first, int end) const {
    return static_cast<int>(std::count_if(values_.begin() + first, values_.begin() + end,
                                          [](float x) { return std::isfinite(x); }));
  }

  std::vector<float> values_, largest_, sums_;
};

}  // namespace sotto::test
