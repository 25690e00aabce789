#include "decode/live_align.h"

#include <algorithm>

#include "decode/time_warp.h"
#include "kernels/median_filter.h"
#include "kernels/normalize_columns.h"

namespace sotto {

Status LiveAligner::reserve(std::span<const AlignmentHead> heads, int head_size, int n_ctx) {
  heads_ = heads;
  n_ctx_ = n_ctx;
  ArenaLayout sizes;
  take(sizes, head_size);
  SOTTO_ASSIGN(arena_, Arena::reserve(sizes.total_bytes()));
  ArenaLayout places(arena_);
  take(places, head_size);
  return {};
}

void LiveAligner::take(ArenaLayout& layout, int head_size) {
  const size_t queries = heads_.size() * kMost_tokens * static_cast<size_t>(head_size);
  tap_ = QueryTap(heads_, layout.take<float>(queries), kMost_tokens, head_size);
  const size_t cells = static_cast<size_t>(kMost_tokens) * n_ctx_;
  weights_ = layout.take<float>(cells);
  sum_ = layout.take<float>(cells);
  gain_ = layout.take<float>(cells);
  moves_ = layout.take<uint8_t>(cells);
  costs_ = layout.take<float>(2 * (kMost_tokens + 1));
}

void LiveAligner::run(const CrossCache& audio, int first, int end, int positions, int margin) {
  const int rows = end - first + 1;  // the last token's end is where the next one would begin
  const int cols = std::min(positions + margin, audio.positions());
  positions = std::min(positions, cols);
  const MatrixF32 weights(weights_, rows, cols), sum(sum_, rows, cols);
  const MatrixF32 gain(gain_, rows, positions);
  std::fill_n(sum_, static_cast<size_t>(rows) * cols, 0.0f);
  std::fill_n(gain_, static_cast<size_t>(rows) * positions, 0.0f);
  for (int head = 0; head < static_cast<int>(heads_.size()); ++head) {
    listen(audio, head, first - 1, weights);
    for (size_t i = 0; i < static_cast<size_t>(rows) * cols; ++i) sum_[i] += weights_[i];
    normalize_columns_f32(weights.col_range(0, positions));
    for (int r = 0; r < rows; ++r) add_median7_f32(weights.row(r), positions, gain.row(r));
  }
  times_.first_position.assign(rows, 0);
  const size_t cells = static_cast<size_t>(rows) * positions;
  warp_time(gain, {moves_, cells}, {costs_, 2 * (static_cast<size_t>(rows) + 1)},
            times_.first_position);
  lags_.clear();
  for (int r = 0; r + 1 < rows; ++r) {
    const float* row = sum.row(r);
    const int peak = static_cast<int>(std::max_element(row, row + cols) - row);
    lags_.push_back(std::max(positions - 1 - peak, 0));
  }
}

// The attention of tokens from `first` on, each by the row of the token before it. weights[m, n].
void LiveAligner::listen(const CrossCache& audio, int head, int first, MatrixF32 weights) {
  const ConstMatrixF32 queries = tap_.queries(head);
  const auto [layer, index] = heads_[head];
  for (int r = 0; r < weights.rows; ++r) {
    audio.weigh(layer, index, queries.row(first + r),
                {weights.row(r), static_cast<size_t>(weights.cols)});
  }
}

}  // namespace sotto
