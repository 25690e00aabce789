#include "model/encoder_attention.h"

#include <algorithm>
#include <cmath>

#include "quant/formats.h"

namespace sotto {

namespace {

F32Tiles take_f32(ArenaLayout& layout, int n, int k) {
  return {n, k, layout.take<float>(f32_tiles_count(n, k))};
}

Q8Tiles take_q8(ArenaLayout& layout, int n, int k) {
  const size_t padded = padded_n(n);
  return {n, k, layout.take<float>(padded), layout.take<int32_t>(padded),
          layout.take<int8_t>(padded * padded_k(k))};
}

AttentionScratchQ8 take_scratch(ArenaLayout& layout, int head_size) {
  const size_t rows = kQueryBlockQ8, tile_rows = simd::kGemmRows;
  AttentionScratchQ8 scratch;
  scratch.queries.q = layout.take<simd::DotInput>(rows * padded_k(head_size));
  scratch.queries.scale = layout.take<float>(rows);
  scratch.queries.zero = layout.take<int32_t>(rows);
  scratch.scores = layout.take<int16_t>(tile_rows * kSoftmaxBlock);
  scratch.probabilities = layout.take<simd::DotInput>(tile_rows * kSoftmaxBlock);
  scratch.totals = layout.take<float>(rows * head_size);
  scratch.maximum = layout.take<int32_t>(rows);
  scratch.weight = layout.take<float>(rows);
  return scratch;
}

}  // namespace

EncoderAttention::EncoderAttention(const Hyperparameters& hp, bool q8, int workers,
                                   ArenaLayout& layout)
    : q8_(q8), head_size_(hp.n_audio_state / hp.n_audio_head) {
  const int n_ctx = hp.n_audio_ctx;
  for (int h = 0; h < hp.n_audio_head; ++h) {
    if (q8) {
      const Q8Tiles keys = take_q8(layout, n_ctx, head_size_);
      heads_q8_.push_back({keys, take_q8(layout, head_size_, n_ctx)});
    } else {
      const F32Tiles keys = take_f32(layout, n_ctx, head_size_);
      heads_f32_.push_back({keys, take_f32(layout, head_size_, n_ctx)});
    }
  }
  for (int worker = 0; worker < workers; ++worker) {
    if (q8) {
      scratch_q8_.push_back(take_scratch(layout, head_size_));
    } else {
      scores_f32_.push_back(layout.take<float>(static_cast<size_t>(kQueryBlock) * n_ctx));
    }
  }
}

void EncoderAttention::pack(int head, ConstMatrixF32 keys, ConstMatrixF32 values) {
  if (q8_) {
    PackedHeadQ8& packed = heads_q8_[head];
    packed.keys.n = packed.values.k = keys.rows;
    pack_head_q8(keys, values, packed);
  } else {
    PackedHeadF32& packed = heads_f32_[head];
    packed.keys.n = packed.values.k = keys.rows;
    pack_head_f32(keys, values, packed);
  }
}

void EncoderAttention::attend(int head, MatrixF32 queries, const float* key_bias, int worker) {
  const float scale = 1.0f / std::sqrt(static_cast<float>(head_size_));
  const int block = q8_ ? kQueryBlockQ8 : kQueryBlock;
  for (int first = 0; first < queries.rows; first += block) {
    const MatrixF32 q = queries.row_range(first, std::min(block, queries.rows - first));
    if (q8_) {
      attention_q8(q, heads_q8_[head], key_bias, scale, scratch_q8_[worker], q);
    } else {
      attention_f32(q, heads_f32_[head], key_bias, scale, scores_f32_[worker], q);
    }
  }
}

}  // namespace sotto
