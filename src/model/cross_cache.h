// Keys and values of the audio for the decoder's cross-attention, computed once per window and
// read for every token: int8, one scale per position and head.
#pragma once

#include <vector>

#include "base/arena.h"
#include "base/tensor.h"
#include "base/work_list.h"
#include "kernels/attend.h"
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
  // must stay as long as the cache is used.
  void begin(ConstMatrixF32 states, const float* key_bias);
  bool run(const Deadline& deadline, Trace* trace, ThreadPool* pool = nullptr) {
    return work_.run(deadline, trace, pool);
  }
  double progress() const { return work_.progress(); }

  const HeadQ8& head(int layer, int head) const { return heads_[layer * n_head_ + head]; }
  const float* key_bias() const { return key_bias_; }

 private:
  // What one worker needs for the block in its hands.
  struct Scratch {
    MatrixF32 key_value;  // [block, 2 n_text_state]
    LinearScratch linear;
  };

  void take_heads(ArenaLayout& layout);
  void project(int layer, int block, Scratch& scratch);

  const Weights& weights_;
  int n_head_;
  int head_size_;
  ConstMatrixF32 states_;
  const float* key_bias_ = nullptr;
  std::vector<HeadQ8> heads_;     // [n_text_layer * n_text_head]
  std::vector<Scratch> scratch_;  // of each worker
  WorkList work_;
};

}  // namespace sotto
