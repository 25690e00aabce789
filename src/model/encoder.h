// Whisper's audio encoder: two convolutions, a transformer, a final layer norm.
// Source: Radford et al., Robust Speech Recognition via Large-Scale Weak Supervision (2022);
// openai-whisper, model.py, AudioEncoder.
#pragma once

#include <vector>

#include "base/arena.h"
#include "base/tensor.h"
#include "base/work_list.h"
#include "model/encoder_attention.h"
#include "model/position_fold.h"
#include "model/weights.h"

namespace sotto {

// Encodes one window at a time. Owns no memory: buffers come from an arena that outlives it, as do
// the weights.
class Encoder {
 public:
  // `q8_attention`: both products of attention in int8, otherwise in f32. `workers`: how many the
  // pool of run() has at most. The result does not depend on their number.
  Encoder(const Weights& weights, bool q8_attention, int workers, ArenaLayout& layout);
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;

  // The input to be filled before begin(): normalised log-mel [2 * n_audio_ctx, n_mels], a row a
  // frame of 10 ms, zeros where there is no audio.
  MatrixF32 mel() const { return mel_padded_.row_range(1, mel_padded_.rows - 2); }

  // Starts on all positions, whatever they hold.
  void begin();
  // Starts on those that are left when the padding behind `audio_frames` frames is folded; with
  // kUnfolded on all, to the same bits as begin() where the rows behind are zeros and
  // all positions are fine.
  void begin(int audio_frames, const FoldOptions& options);

  // Works until done (true) or until the deadline has passed. `pool` as in WorkList::run.
  bool run(const Deadline& deadline, Trace* trace, ThreadPool* pool = nullptr) {
    return work_.run(deadline, trace, pool);
  }
  double progress() const { return work_.progress(); }

  // The result, once run() returned true: [fold().rows(), n_audio_state], and what each row stands
  // for.
  ConstMatrixF32 states() const { return x_.row_range(0, fold_.rows()); }
  const PositionFold& fold() const { return fold_; }

 private:
  // What one worker needs for the block in its hands.
  struct Scratch {
    MatrixF32 normed;  // [block, n_state]
    MatrixF32 hidden;  // [block, 4 n_state]
    LinearScratch linear;
  };

  void convolve_1(int block, Scratch& scratch);
  void convolve_2(int block, Scratch& scratch);
  void fill_padding();
  // x_'s row `row` = x + the positional embedding of what it stands for.
  void add_position(int row, const float* x);
  // The row of x_ whose copies stand behind it; n_ctx_ where there are none.
  int padding_row() const { return fold_.rows() > fold_.whole() ? fold_.whole() - 1 : n_ctx_; }
  // Whether the block from this row on is one of padding that need not be fine.
  bool is_coarse(int first_row) const { return first_row >= fold_.fine(); }
  void project(const SelfAttentionWeights& w, int block, Scratch& scratch);
  void pack_head(int head);
  void attend(int head, int block, int worker);
  void finish_layer(const EncoderLayerWeights& w, int block, Scratch& scratch);
  void finish(int block);
  void list_work();

  const Weights& weights_;
  int n_ctx_;
  int n_state_;
  int n_head_;
  int head_size_;
  MatrixF32 mel_padded_;    // [2 n_ctx + 2, n_mels], the first and last row zero
  MatrixF32 conv1_padded_;  // [2 n_ctx + 2, n_state], likewise; shares memory with qkv_
  MatrixF32 x_;             // [n_ctx, n_state], the residual stream
  MatrixF32 qkv_;           // [n_ctx, 3 n_state]; attention writes its result over the queries
  PositionFold fold_;
  EncoderAttention attention_;
  std::vector<Scratch> scratch_;  // of each worker
  WorkList work_;
};

}  // namespace sotto
