// Folded padding: which of the encoder's positions are computed for a window that its audio does
// not fill, and how many positions each of them stands for.
//
// Whisper was trained on windows of 30 s and repeats itself when the padding behind short audio is
// cut off. Yet the padding is all alike but for its positions: of every `stride` of them one is
// kept, and its attention scores are raised by log(count), which counts it as often as it stands
// for (the proportional attention of token merging: Bolya et al., ToMe, 2022).
#pragma once

#include "base/arena.h"

namespace sotto {

// Frames of 10 ms to a position: the step of the second convolution.
inline constexpr int kFramesPerPosition = 2;

struct FoldOptions {
  // Positions of 20 ms behind the audio that are kept whole. What the model hears there, the end of
  // speech, decides about the last word and its time (docs/performance.md).
  int margin_positions = 50;
  // How many positions of the padding after that become one.
  int stride = 4;
  // Positions behind the audio that are computed as finely as the audio is; those behind more
  // coarsely where that is faster (LinearInput::coarse).
  int fine_positions = 50;
};

// Nothing is folded. What padding becomes in the convolutions is still computed once only: it is
// all alike, so that this changes no bit.
inline constexpr FoldOptions kUnfolded{.margin_positions = 0, .stride = 1};

class PositionFold {
 public:
  // For windows of up to n_ctx positions.
  PositionFold(int n_ctx, ArenaLayout& layout);

  // All positions, each for itself.
  void keep_all();
  // For audio of `audio_frames` frames of 10 ms, two to a position.
  void fold(int audio_frames, const FoldOptions& options);

  // Rows to be computed. The first whole() are positions 0, 1, ... each for itself; the input of
  // those behind is padding.
  int rows() const { return rows_; }
  int whole() const { return whole_; }
  // As many of the first rows are to be computed finely.
  int fine() const { return fine_; }
  // The position that row r stands at, in units of 20 ms.
  int position(int r) const { return positions_[r]; }
  // log(count) for each row, to be added to its attention scores, padded with zeros to a multiple
  // of 16; nullptr where all are 0.
  const float* log_count() const { return rows_ < n_ctx_ ? log_count_ : nullptr; }

 private:
  int n_ctx_;
  int rows_ = 0;
  int whole_ = 0;
  int fine_ = 0;
  int* positions_;    // [n_ctx]
  float* log_count_;  // [n_ctx, padded]
};

}  // namespace sotto
