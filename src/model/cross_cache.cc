#include "model/cross_cache.h"

#include <algorithm>

namespace sotto {

CrossCache::CrossCache(const Weights& weights, int workers, ArenaLayout& layout)
    : weights_(weights),
      n_head_(weights.hp.n_text_head),
      head_size_(weights.hp.n_text_state / weights.hp.n_text_head) {
  take_heads(layout);
  const Hyperparameters& hp = weights.hp;
  const int cols = 2 * hp.n_text_state;
  for (int worker = 0; worker < workers; ++worker) {
    float* key_value = layout.take<float>(static_cast<size_t>(kBlockRows) * cols);
    scratch_.push_back(
        {MatrixF32(key_value, kBlockRows, cols),
         LinearScratch::take(layout, kBlockRows, hp.n_audio_state, Activations::kFast)});
  }
}

CrossCache::CrossCache(const CrossCache& other, ArenaLayout& layout)
    : weights_(other.weights_),
      n_head_(other.n_head_),
      head_size_(other.head_size_),
      scratch_(other.scratch_) {
  take_heads(layout);
}

void CrossCache::take_heads(ArenaLayout& layout) {
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
    heads_.push_back({keys, take_rows()});
  }
}

void CrossCache::begin(ConstMatrixF32 states, const float* key_bias) {
  states_ = states;
  key_bias_ = key_bias;
  for (HeadQ8& head : heads_) head.keys.n = head.values.n = states.rows;
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
  const MatrixF32 out = scratch.key_value.row_range(0, rows);
  apply(weights_.decoder.layers[layer].cross.key_value, states_.row_range(first, rows),
        Epilogue::kStore, out, scratch.linear);
  for (int h = 0; h < n_head_; ++h) {
    const int col = h * head_size_;
    quantize_head_rows(out.col_range(col, head_size_), first, head(layer, h).keys);
    quantize_head_rows(out.col_range(n_state + col, head_size_), first, head(layer, h).values);
  }
}

}  // namespace sotto
