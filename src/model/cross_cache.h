// Keys and values of the audio for the decoder's cross-attention, computed once per window and
// read for every token: int8, one scale per position and head; or f32, as the model's weights are.
#pragma once

#include <span>
#include <vector>

#include "base/arena.h"
#include "base/tensor.h"
#include "base/work_list.h"
#include "kernels/attend.h"
#include "kernels/attend_pages.h"
#include "model/weights.h"

namespace sotto {

class CrossCache {
 public:
  // `workers`: how many the pool of run() has at most.
  CrossCache(const Weights& weights, int workers, ArenaLayout& layout);
  // For the same model's audio in memory of its own, with the scratch of `other`, which must
  // outlive it: one of the two runs at a time.
  CrossCache(const CrossCache& other, ArenaLayout& layout);
  CrossCache(const CrossCache&) = delete;
  CrossCache& operator=(const CrossCache&) = delete;

  // Starts on the encoder's states [n, n_audio_state], n up to n_audio_ctx, which must stay until
  // run() returns true. key_bias[n] is what attention adds to their scores (nullptr: nothing) and
  // must stay as long as the cache is used. The first `fine_rows` are as PositionFold::fine() has
  // them.
  void begin(ConstMatrixF32 states, const float* key_bias, int fine_rows);
  bool run(const Deadline& deadline, Trace* trace, ThreadPool* pool = nullptr) {
    return work_.run(deadline, trace, pool);
  }
  double progress() const { return work_.progress(); }
  // How many there are keys of, and numbers in a key.
  int positions() const { return states_.rows; }
  int head_size() const { return head_size_; }

  // out[d] = softmax(K q[d] / sqrt(d) + key_bias) V of a head; `scores` is room for n_audio_ctx
  // numbers. out may alias q.
  void attend(int layer, int head, const float* q, float* scores, float* out) const;
  // weights[m] = softmax(K[m, d] q[d] / sqrt(d)) over the first m positions of a head: what it
  // attends to, without key_bias. m at least 1 and at most those of the states.
  void weigh(int layer, int head, const float* q, std::span<float> weights) const;

  bool is_q8() const { return weights_.is_q8; }
  // The rows themselves, of which one or the other kind is there.
  const HeadQ8& head_q8(int layer, int head) const { return heads_q8_[layer * n_head_ + head]; }
  const PagedHead& head_f32(int layer, int head) const {
    return heads_f32_[layer * n_head_ + head];
  }

 private:
  // What one worker needs for the block in its hands.
  struct Scratch {
    MatrixF32 key_value;  // [block, 2 n_text_state], for int8
    LinearScratch linear;
  };

  void take_heads(ArenaLayout& layout);
  void take_heads_q8(ArenaLayout& layout);
  void take_heads_f32(ArenaLayout& layout);
  void project(int layer, int block, Scratch& scratch);

  const Weights& weights_;
  int n_head_;
  int head_size_;
  ConstMatrixF32 states_;
  const float* key_bias_ = nullptr;
  int fine_rows_ = 0;
  float scale_;                       // 1 / sqrt(d)
  std::vector<HeadQ8> heads_q8_;      // [n_text_layer * n_text_head], or none
  std::vector<PagedHead> heads_f32_;  // the same
  std::vector<float*> layers_f32_;    // [n_audio_ctx, 2 n_text_state] of each layer, or none
  std::vector<Scratch> scratch_;      // of each worker
  WorkList work_;
};

}  // namespace sotto
