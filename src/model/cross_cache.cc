#include "model/cross_cache.h"

#include <algorithm>

namespace sotto {

namespace {

// Positions projected together, as in the encoder.
constexpr int kBlockRows = 64;

}  // namespace

CrossCache::CrossCache(const Weights& weights, int workers, ArenaLayout& layout)
    : weights_(weights),
      n_head_(weights.hp.n_text_head),
      head_size_(weights.hp.n_text_state / weights.hp.n_text_head) {
  const Hyperparameters& hp = weights.hp;
  const auto take_rows = [&] {
    HeadRowsQ8 rows;
    rows.q = layout.take<int8_t>(static_cast<size_t>(hp.n_audio_ctx) * head_size_);
    rows.scale = layout.take<float>(hp.n_audio_ctx);
    rows.n = hp.n_audio_ctx;
    rows.d = head_size_;
    return rows;
  };
  for (int i = 0; i < hp.n_text_layer * n_head_; ++i) {
    keys_.push_back(take_rows());
    values_.push_back(take_rows());
  }
  const int cols = 2 * hp.n_text_state;
  for (int worker = 0; worker < workers; ++worker) {
    float* key_value = layout.take<float>(static_cast<size_t>(kBlockRows) * cols);
    scratch_.push_back({MatrixF32(key_value, kBlockRows, cols),
                        LinearScratch::take(layout, kBlockRows, hp.n_audio_state)});
  }
  const int blocks = (hp.n_audio_ctx + kBlockRows - 1) / kBlockRows;
  for (int layer = 0; layer < hp.n_text_layer; ++layer) {
    work_.add("decode: cross keys, values", blocks, 1.0,
              [this, layer](int block, int worker) { project(layer, block, scratch_[worker]); });
  }
}

void CrossCache::begin(ConstMatrixF32 states) {
  states_ = states;
  work_.begin();
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
    quantize_head_rows(out.col_range(col, head_size_), first, keys(layer, h));
    quantize_head_rows(out.col_range(n_state + col, head_size_), first, values(layer, h));
  }
}

}  // namespace sotto
