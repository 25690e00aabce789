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
  EncoderAttention(const Hyperparameters& hp, bool q8, ArenaLayout& layout);

  // Prepares one head from its keys and values [n_positions, head size].
  void pack(int head, ConstMatrixF32 keys, ConstMatrixF32 values);
  // Writes the head's attention over the queries [any, head size] themselves.
  void attend(int head, MatrixF32 queries);

 private:
  bool q8_ = false;
  int head_size_ = 0;
  std::vector<PackedHeadF32> heads_f32_;
  std::vector<PackedHeadQ8> heads_q8_;
  float* scores_f32_ = nullptr;  // [kQueryBlock, n_ctx]
  AttentionScratchQ8 scratch_q8_;
};

}  // namespace sotto
