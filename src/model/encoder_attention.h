// The heads of the encoder's self-attention: int8 or f32. Packed anew for every layer, in the same
// memory.
#pragma once

#include <vector>

#include "base/arena.h"
#include "base/tensor.h"
#include "io/model_file.h"
#include "kernels/attention_f32.h"
#include "kernels/attention_q8.h"

namespace sotto {

class EncoderAttention {
 public:
  EncoderAttention() = default;
  EncoderAttention(const Hyperparameters& hp, bool q8, int workers, ArenaLayout& layout);

  // Prepares one head from its keys and values [n, head size], n up to n_audio_ctx.
  void pack(int head, ConstMatrixF32 keys, ConstMatrixF32 values);
  // Writes the head's attention over the queries [any, head size] themselves. key_bias[n] is added
  // to the scores (nullptr: nothing), readable up to a multiple of 16. `worker` in [0, workers):
  // whose scratch is used.
  void attend(int head, MatrixF32 queries, const float* key_bias, int worker);

 private:
  bool q8_ = false;
  int head_size_ = 0;
  std::vector<PackedHeadF32> heads_f32_;
  std::vector<PackedHeadQ8> heads_q8_;
  // Of each worker, one of them: [kQueryBlock, n_ctx] where attention is f32, else what int8 needs.
  std::vector<float*> scores_f32_;
  std::vector<AttentionScratchQ8> scratch_q8_;
};

}  // namespace sotto
