#include "model/encoder.h"

#include <algorithm>

#include "kernels/conv1d.h"
#include "kernels/layer_norm.h"

namespace sotto {

namespace {

int block_count(int rows) { return (rows + kBlockRows - 1) / kBlockRows; }
int block_rows(int rows, int block) { return std::min(kBlockRows, rows - block * kBlockRows); }

// The convolution's output is dead when the first layer's queries, keys and values are made.
size_t shared_floats(const Hyperparameters& hp) {
  const size_t conv_rows = 2 * static_cast<size_t>(hp.n_audio_ctx) + 2;
  return std::max(conv_rows, 3 * static_cast<size_t>(hp.n_audio_ctx)) * hp.n_audio_state;
}

// For a block's feed-forward layer, and for the rows that the convolutions read.
LinearScratch linear_scratch(const Hyperparameters& hp, ArenaLayout& layout) {
  return LinearScratch::take(layout, rows_read(2, kBlockRows),
                             std::max(4 * hp.n_audio_state, hp.n_mels), Activations::kFast);
}

}  // namespace

Encoder::Encoder(const Weights& weights, bool q8_attention, int workers, ArenaLayout& layout)
    : weights_(weights),
      n_ctx_(weights.hp.n_audio_ctx),
      n_state_(weights.hp.n_audio_state),
      n_head_(weights.hp.n_audio_head),
      head_size_(n_state_ / n_head_),
      fold_(n_ctx_, layout) {
  const Hyperparameters& hp = weights.hp;
  const int padded_rows = 2 * n_ctx_ + 2;
  const auto matrix = [&](int rows, int cols) {
    return MatrixF32(layout.take<float>(static_cast<size_t>(rows) * cols), rows, cols);
  };
  mel_padded_ = matrix(padded_rows, hp.n_mels);
  float* shared = layout.take<float>(shared_floats(hp));
  conv1_padded_ = MatrixF32(shared, padded_rows, n_state_);
  qkv_ = MatrixF32(shared, n_ctx_, 3 * n_state_);
  x_ = matrix(n_ctx_, n_state_);
  attention_ = EncoderAttention(hp, q8_attention, workers, layout);
  for (int worker = 0; worker < workers; ++worker) {
    const MatrixF32 normed = matrix(kBlockRows, n_state_),
                    hidden = matrix(kBlockRows, 4 * n_state_);
    scratch_.push_back({normed, hidden, linear_scratch(hp, layout)});
  }
}

void Encoder::begin() {
  fold_.keep_all();
  list_work();
}

void Encoder::begin(int audio_frames, const FoldOptions& options) {
  fold_.fold(audio_frames, options);
  list_work();
}

// Costs are multiply-adds of one item, in millions.
void Encoder::list_work() {
  const double rows = kBlockRows * 1e-6, state = n_state_;
  const int blocks = block_count(fold_.rows());
  work_.clear();
  work_.add("encode: conv 1", block_count(2 * fold_.whole()),
            rows * kConvTaps * weights_.hp.n_mels * state,
            [this](int i, int worker) { convolve_1(i, scratch_[worker]); });
  work_.add("encode: conv 2", block_count(fold_.whole()), rows * kConvTaps * state * state,
            [this](int i, int worker) { convolve_2(i, scratch_[worker]); });
  work_.add("encode: padding", padding_row() < n_ctx_ ? 1 : 0, rows * state,
            [this](int, int) { fill_padding(); });
  for (const EncoderLayerWeights& layer : weights_.encoder.layers) {
    work_.add("encode: qkv", blocks, rows * 3 * state * state,
              [this, &layer](int i, int worker) { project(layer.attention, i, scratch_[worker]); });
    work_.add("encode: pack heads", n_head_, 1e-6 * fold_.rows() * head_size_,
              [this](int i, int) { pack_head(i); });
    work_.add("encode: attention", n_head_ * blocks, rows * 2 * fold_.rows() * head_size_,
              [this, blocks](int i, int worker) { attend(i / blocks, i % blocks, worker); });
    work_.add("encode: out, mlp", blocks, rows * 9 * state * state,
              [this, &layer](int i, int worker) { finish_layer(layer, i, scratch_[worker]); });
  }
  work_.add("encode: final norm", blocks, rows * state, [this](int i, int) { finish(i); });
}

void Encoder::convolve_1(int block, Scratch& scratch) {
  const int first = block * kBlockRows;
  const MatrixF32 out = conv1_padded_.row_range(1 + first, block_rows(2 * fold_.whole(), block));
  convolve(weights_.encoder.conv1, {mel_padded_, 1, first}, out, scratch.linear);
  // The rows of padding share memory with what the last window left there.
  if (block == 0) {
    std::fill_n(conv1_padded_.row(0), n_state_, 0.0f);
    std::fill_n(conv1_padded_.row(conv1_padded_.rows - 1), n_state_, 0.0f);
  }
}

void Encoder::convolve_2(int block, Scratch& scratch) {
  const int first = block * kBlockRows;
  const MatrixF32 out = x_.row_range(first, block_rows(fold_.whole(), block));
  convolve(weights_.encoder.conv2, {conv1_padded_, 2, first}, out, scratch.linear);
  for (int r = 0; r < out.rows; ++r) {
    if (first + r != padding_row()) add_position(first + r, out.row(r));
  }
}

// The last whole position hears padding alone, as all behind it do: they differ by their positional
// embedding only.
void Encoder::fill_padding() {
  const float* padding = x_.row(padding_row());
  for (int r = fold_.rows() - 1; r >= padding_row(); --r) add_position(r, padding);
}

void Encoder::add_position(int row, const float* x) {
  const float* position =
      weights_.encoder.positions + static_cast<size_t>(fold_.position(row)) * n_state_;
  float* y = x_.row(row);
  for (int i = 0; i < n_state_; ++i) y[i] = x[i] + position[i];
}

void Encoder::project(const SelfAttentionWeights& w, int block, Scratch& scratch) {
  const int first = block * kBlockRows, rows = block_rows(fold_.rows(), block);
  const LinearInput input =
      LinearInput::normed(x_.row_range(first, rows), w.norm, scratch.normed.row_range(0, rows));
  apply(w.query_key_value, input.coarse(is_coarse(first)), Epilogue::kStore,
        qkv_.row_range(first, rows), scratch.linear);
}

void Encoder::pack_head(int head) {
  const MatrixF32 rows = qkv_.row_range(0, fold_.rows());
  attention_.pack(head, rows.col_range(n_state_ + head * head_size_, head_size_),
                  rows.col_range(2 * n_state_ + head * head_size_, head_size_));
}

void Encoder::attend(int head, int block, int worker) {
  attention_.attend(head,
                    qkv_.col_range(head * head_size_, head_size_)
                        .row_range(block * kBlockRows, block_rows(fold_.rows(), block)),
                    fold_.log_count(), worker);
}

void Encoder::finish_layer(const EncoderLayerWeights& w, int block, Scratch& scratch) {
  const int first = block * kBlockRows, rows = block_rows(fold_.rows(), block);
  const bool coarse = is_coarse(first);
  const MatrixF32 x = x_.row_range(first, rows);
  const LinearInput attended = qkv_.row_range(first, rows).col_range(0, n_state_);
  apply(w.attention.out, attended.coarse(coarse), Epilogue::kResidual, x, scratch.linear);
  const MatrixF32 hidden = scratch.hidden.row_range(0, rows);
  const LinearInput normed = LinearInput::normed(x, w.mlp.norm, scratch.normed.row_range(0, rows));
  // Of all layers this one bears it in all rows, in both models (docs/performance.md).
  apply(w.mlp.up, normed.coarse(true), Epilogue::kStore, hidden, scratch.linear);
  apply(w.mlp.down, LinearInput::gelu(hidden).coarse(coarse), Epilogue::kResidual, x,
        scratch.linear);
}

void Encoder::finish(int block) {
  const MatrixF32 x = x_.row_range(block * kBlockRows, block_rows(fold_.rows(), block));
  const LayerNormWeights& norm = weights_.encoder.final_norm;
  layer_norm_f32(x, norm.gamma, norm.beta, x);
}

}  // namespace sotto
