// Scores of the tokens that may follow, with what is known of each block of them: the product that
// scores the vocabulary leaves it behind, so that the most probable token and its probability are
// found without looking at all scores again. Rules that change scores afterwards say so, and only
// their blocks are summed up anew, when somebody asks.
#pragma once

#include <span>

#include "base/arena.h"
#include "base/tensor.h"

namespace sotto {

// Of one row. A view, owns no memory.
class TokenScores {
 public:
  // values[n]; largest and sums hold score_blocks(n).
  TokenScores(std::span<float> values, float* largest, float* sums)
      : values_(values), largest_(largest), sums_(sums) {}

  int size() const { return static_cast<int>(values_.size()); }
  float operator[](int token) const { return values_[token]; }
  // What is changed here is not known to the blocks.
  std::span<float> values() const { return values_; }

  // Sums up the blocks of [first, first + count), where all values are new. `first` begins a block;
  // a block that the range does not fill is the last one.
  void sum_up(int first, int count) const;

  void set(int token, float score) const;
  // Minus infinity for tokens [first, end), as far as they exist.
  void forbid(int first, int end) const;

  // Of tokens [first, end). What is no number does not count; minus infinity where nothing is left.
  float largest(int first, int end) const;
  // log(sum(exp(score))) of tokens [first, end), which is largest() where that is not finite.
  float log_sum_exp(int first, int end) const;
  float log_sum_exp() const { return log_sum_exp(0, size()); }
  // Token of the largest score, the first of equals; -1 where none is above minus infinity.
  int arg_max() const;

  // The largest of this block, and its scores.
  float block_largest(int block) const;
  std::span<const float> block(int block) const;

 private:
  struct Range;

  float part_largest(int first, int end) const;
  void refresh(int block) const;

  std::span<float> values_;
  float* largest_;
  float* sums_;  // negative where a score of the block has changed
};

// Rows of scores; owns no memory.
struct ScoreTable {
  MatrixF32 values;   // [rows, n_vocab]
  MatrixF32 largest;  // [rows, score_blocks(n_vocab)]
  MatrixF32 sums;     // likewise

  static ScoreTable take(ArenaLayout& layout, int rows, int n_vocab);

  int rows() const { return values.rows; }
  int n_vocab() const { return values.cols; }
  TokenScores row(int r) const;
  // Rows [first, first + count).
  ScoreTable row_range(int first, int count) const;
};

}  // namespace sotto
