#include "model/token_scores.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/log_sum_exp.h"
#include "kernels/maximum.h"
#include "kernels/score_blocks.h"

namespace sotto {

namespace {

constexpr float kNever = -std::numeric_limits<float>::infinity();
// No sum of exponentials is below zero.
constexpr float kChanged = -1;

}  // namespace

// Tokens [first, end) as whole blocks and what is before and behind them.
struct TokenScores::Range {
  int first, head_end;  // tokens of a block that begins before
  int block, block_end;
  int tail, end;  // tokens of a block that goes on

  Range(int from, int to, int size) : first(from), end(to) {
    block = score_blocks(from);
    block_end = to == size ? score_blocks(to) : to / kScoreBlock;
    if (block >= block_end) {
      block = block_end = 0;
      head_end = tail = to;
      return;
    }
    head_end = block * kScoreBlock;
    tail = std::min(block_end * kScoreBlock, to);
  }
};

void TokenScores::sum_up(int first, int count) const {
  const int block = first / kScoreBlock;
  sum_score_blocks(values_.data() + first, count, largest_ + block, sums_ + block);
}

void TokenScores::set(int token, float score) const {
  values_[token] = score;
  sums_[token / kScoreBlock] = kChanged;
}

void TokenScores::forbid(int first, int end) const {
  first = std::max(first, 0);
  end = std::min(end, size());
  if (first >= end) return;
  std::fill(values_.begin() + first, values_.begin() + end, kNever);
  const Range range(first, end, size());
  for (int b = first / kScoreBlock; b * kScoreBlock < range.head_end; ++b) sums_[b] = kChanged;
  if (range.tail < range.end) sums_[range.tail / kScoreBlock] = kChanged;
  std::fill(largest_ + range.block, largest_ + range.block_end, kNever);
  std::fill(sums_ + range.block, sums_ + range.block_end, 0.0f);
}

float TokenScores::largest(int first, int end) const {
  const Range range(first, end, size());
  for (int b = range.block; b < range.block_end; ++b) refresh(b);
  return std::max({part_largest(range.first, range.head_end),
                   max_f32(largest_ + range.block, range.block_end - range.block),
                   part_largest(range.tail, range.end)});
}

float TokenScores::log_sum_exp(int first, int end) const {
  const float top = largest(first, end);
  if (!std::isfinite(top)) return top;
  const Range range(first, end, size());
  const auto part = [&](int from, int to) {
    return sum_exp_f32(values_.data() + from, to - from, top);
  };
  const float sum = part(range.first, range.head_end) +
                    join_score_blocks(largest_ + range.block, sums_ + range.block,
                                      range.block_end - range.block, top) +
                    part(range.tail, range.end);
  return top + std::log(sum);
}

int TokenScores::arg_max() const {
  const float top = largest(0, size());
  if (top == kNever) return -1;
  const float* block = std::find(largest_, largest_ + score_blocks(size()), top);
  const auto begin = values_.begin() + (block - largest_) * kScoreBlock;
  return static_cast<int>(std::find(begin, values_.end(), top) - values_.begin());
}

float TokenScores::block_largest(int block) const {
  refresh(block);
  return largest_[block];
}

std::span<const float> TokenScores::block(int block) const {
  const int first = block * kScoreBlock;
  return values_.subspan(first, std::min(kScoreBlock, size() - first));
}

float TokenScores::part_largest(int first, int end) const {
  return max_f32(values_.data() + first, end - first);
}

void TokenScores::refresh(int block) const {
  if (sums_[block] >= 0) return;
  const int first = block * kScoreBlock;
  sum_up(first, std::min(kScoreBlock, size() - first));
}

ScoreTable ScoreTable::take(ArenaLayout& layout, int rows, int n_vocab) {
  const auto matrix = [&](int cols) {
    return MatrixF32(layout.take<float>(static_cast<size_t>(rows) * cols), rows, cols);
  };
  ScoreTable table;
  table.values = matrix(n_vocab);
  table.largest = matrix(score_blocks(n_vocab));
  table.sums = matrix(score_blocks(n_vocab));
  return table;
}

TokenScores ScoreTable::row(int r) const {
  return {{values.row(r), static_cast<size_t>(values.cols)}, largest.row(r), sums.row(r)};
}

ScoreTable ScoreTable::row_range(int first, int count) const {
  return {values.row_range(first, count), largest.row_range(first, count),
          sums.row_range(first, count)};
}

}  // namespace sotto
