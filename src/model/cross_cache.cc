#include "model/cross_cache.h"

#include <algorithm>
#include <cmath>

#include "kernels/softmax.h"

namespace sotto {

CrossCache::CrossCache(const Weights& weights, int workers, ArenaLayout& layout)
    : weights_(weights),
      n_head_(weights.hp.n_text_head),
      head_size_(weights.hp.n_text_state / weights.hp.n_text_head),
      scale_(1.0f / std::sqrt(static_cast<float>(head_size_))) {
  take_heads(layout);
  const Hyperparameters& hp = weights.hp;
  const int rows = is_q8() ? kBlockRows : 0, cols = 2 * hp.n_text_state;
  for (int worker = 0; worker < workers; ++worker) {
    float* key_value = layout.take<float>(static_cast<size_t>(rows) * cols);
    scratch_.push_back(
        {MatrixF32(key_value, rows, cols),
         LinearScratch::take(layout, kBlockRows, hp.n_audio_state, Activations::kFast)});
  }
}

CrossCache::CrossCache(const CrossCache& other, ArenaLayout& layout)
    : weights_(other.weights_),
      n_head_(other.n_head_),
      head_size_(other.head_size_),
      scale_(other.scale_),
      scratch_(other.scratch_) {
  take_heads(layout);
}

void CrossCache::take_heads(ArenaLayout& layout) {
  if (is_q8()) {
    take_heads_q8(layout);
  } else {
    take_heads_f32(layout);
  }
}

void CrossCache::take_heads_q8(ArenaLayout& layout) {
  const Hyperparameters& hp = weights_.hp;
  const auto take_rows = [&] {
    HeadRowsQ8 rows;
    rows.q = layout.take<int8_t>(static_cast<size_t>(hp.n_audio_ctx) * head_size_);
    rows.scale = layout.take<float>(hp.n_audio_ctx);
    rows.d = head_size_;
    return rows;
  };
  for (int i = 0; i < hp.n_text_layer * n_head_; ++i) {
    const HeadRowsQ8 keys = take_rows();
    heads_q8_.push_back({keys, take_rows()});
  }
}

void CrossCache::take_heads_f32(ArenaLayout& layout) {
  const Hyperparameters& hp = weights_.hp;
  const int stride = 2 * hp.n_text_state;
  for (int layer = 0; layer < hp.n_text_layer; ++layer) {
    layers_f32_.push_back(layout.take<float>(static_cast<size_t>(hp.n_audio_ctx) * stride));
  }
  for (int layer = 0; layer < hp.n_text_layer; ++layer) {
    // A layer is one page.
    static constexpr int kPage = 0;
    PagedRows rows{&layers_f32_[layer], &kPage, hp.n_audio_ctx, stride, 0, 0, stride};
    for (int h = 0; h < n_head_; ++h) {
      const int col = h * head_size_;
      heads_f32_.push_back(
          {rows.part(0, col, head_size_), rows.part(0, hp.n_text_state + col, head_size_)});
    }
  }
}

void CrossCache::begin(ConstMatrixF32 states, const float* key_bias, int fine_rows) {
  states_ = states;
  key_bias_ = key_bias;
  fine_rows_ = fine_rows;
  for (HeadQ8& head : heads_q8_) head.keys.n = head.values.n = states.rows;
  for (PagedHead& head : heads_f32_) head.keys.n = head.values.n = states.rows;
  work_.clear();
  const int blocks = (states.rows + kBlockRows - 1) / kBlockRows;
  for (int layer = 0; layer < weights_.hp.n_text_layer; ++layer) {
    work_.add("decode: cross keys, values", blocks, 1.0,
              [this, layer](int block, int worker) { project(layer, block, scratch_[worker]); });
  }
}

void CrossCache::project(int layer, int block, Scratch& scratch) {
  const int first = block * kBlockRows;
  const int rows = std::min(kBlockRows, states_.rows - first);
  const int n_state = weights_.hp.n_text_state;
  const Linear& key_value = weights_.decoder.layers[layer].cross.key_value;
  const LinearInput states =
      LinearInput(states_.row_range(first, rows)).coarse(first >= fine_rows_);
  if (!is_q8()) {
    const MatrixF32 all(layers_f32_[layer], states_.rows, 2 * n_state);
    apply(key_value, states, Epilogue::kStore, all.row_range(first, rows), scratch.linear);
    return;
  }
  const MatrixF32 out = scratch.key_value.row_range(0, rows);
  apply(key_value, states, Epilogue::kStore, out, scratch.linear);
  for (int h = 0; h < n_head_; ++h) {
    const int col = h * head_size_;
    const HeadQ8& head = head_q8(layer, h);
    quantize_head_rows(out.col_range(col, head_size_), first, head.keys);
    quantize_head_rows(out.col_range(n_state + col, head_size_), first, head.values);
  }
}

void CrossCache::attend(int layer, int head, const float* q, float* scores, float* out) const {
  if (is_q8()) {
    attend_q8(q, head_q8(layer, head), key_bias_, scale_, scores, out);
  } else {
    attend_f32(q, head_f32(layer, head), key_bias_, scale_, scores, out);
  }
}

void CrossCache::weigh(int layer, int head, const float* q, std::span<float> weights) const {
  const int count = static_cast<int>(weights.size());
  if (is_q8()) {
    HeadRowsQ8 keys = head_q8(layer, head).keys;
    keys.n = count;
    score_q8(q, keys, weights.data());
  } else {
    score_f32(q, head_f32(layer, head).keys.part(count, 0, head_size_), weights.data());
  }
  const float share = 1.0f / softmax_exp_f32(weights.data(), count, scale_);
  for (float& weight : weights) weight *= share;
}

}  // namespace sotto
