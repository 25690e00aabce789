#include "model/position_fold.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "quant/formats.h"

namespace sotto {

namespace {

// The convolutions reach two frames of input to either side, so that the second position behind
// the audio is the first that hears padding alone.
constexpr int kConvReach_positions = 2;

}  // namespace

PositionFold::PositionFold(int n_ctx, ArenaLayout& layout)
    : n_ctx_(n_ctx),
      positions_(layout.take<int>(n_ctx)),
      log_count_(layout.take<float>(padded_k(n_ctx))) {}

void PositionFold::keep_all() {
  rows_ = whole_ = fine_ = n_ctx_;
  std::iota(positions_, positions_ + n_ctx_, 0);
}

void PositionFold::fold(int audio_frames, const FoldOptions& options) {
  keep_all();
  const int audio = (audio_frames + 1) / 2;
  whole_ = std::min(n_ctx_, audio + std::max(options.margin_positions, kConvReach_positions));
  rows_ = whole_;
  std::fill_n(log_count_, padded_k(n_ctx_), 0.0f);
  for (int first = whole_; first < n_ctx_; first += options.stride, ++rows_) {
    const int count = std::min(options.stride, n_ctx_ - first);
    // The one in the middle is nearest to all it stands for.
    positions_[rows_] = first + count / 2;
    log_count_[rows_] = std::log(static_cast<float>(count));
  }
  const int* behind = std::lower_bound(positions_, positions_ + rows_,
                                       audio + std::min(options.fine_positions, n_ctx_));
  fine_ = static_cast<int>(behind - positions_);
}

}  // namespace sotto
