#include "model/decoder.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "kernels/attend_pages.h"
#include "kernels/score_blocks.h"

namespace sotto {

Decoder::Decoder(const Weights& weights, ThreadPool& pool, ArenaLayout& layout)
    : weights_(weights),
      pool_(pool),
      n_state_(weights.hp.n_text_state),
      n_head_(weights.hp.n_text_head),
      head_size_(n_state_ / n_head_) {
  const auto matrix = [&](int rows, int cols) {
    return MatrixF32(layout.take<float>(static_cast<size_t>(rows) * cols), rows, cols);
  };
  x_ = matrix(kMaxBatch_tokens, n_state_);
  normed_ = matrix(kMaxBatch_tokens, n_state_);
  qkv_ = matrix(kMaxBatch_tokens, 3 * n_state_);
  hidden_ = matrix(kMaxBatch_tokens, 4 * n_state_);
  scores_ = matrix(pool.workers(), std::max(weights.hp.n_audio_ctx, weights.hp.n_text_ctx));
  scratch_ = LinearScratch::take(layout, kMaxBatch_tokens, 4 * n_state_, Activations::kFine);
}

Status Decoder::forward(std::span<const int> tokens, KvCache& past, const CrossCache& audio) {
  const DecoderRows part{tokens, true, &past, &audio};
  return run(std::span(&part, 1));
}

Status Decoder::step(std::span<const int> tokens, KvCache& past, const CrossCache& audio) {
  const DecoderRows part{tokens, false, &past, &audio};
  return run(std::span(&part, 1));
}

Status Decoder::check(const DecoderRows& part) const {
  const int count = static_cast<int>(part.tokens.size()), hypotheses = part.past->hypotheses();
  if (part.successive && hypotheses != 1) {
    return mismatch(Code::kInvalidArgument, "decoder: hypotheses", 1, hypotheses);
  }
  if (!part.successive && count != hypotheses) {
    return mismatch(Code::kInvalidArgument, "decoder: tokens for the hypotheses", hypotheses,
                    count);
  }
  if (count < 1 || rows_ + count > kMaxBatch_tokens) {
    return mismatch(Code::kInvalidArgument, "decoder: tokens in one pass", kMaxBatch_tokens,
                    rows_ + count);
  }
  for (int token : part.tokens) {
    if (token < 0 || token >= weights_.hp.n_vocab) {
      return mismatch(Code::kInvalidArgument, "decoder: token",
                      "0 to " + std::to_string(weights_.hp.n_vocab - 1), std::to_string(token));
    }
  }
  return {};
}

Status Decoder::add_rows(const DecoderRows& part) {
  SOTTO_TRY(check(part));
  const int before = part.past->size_tokens(), count = static_cast<int>(part.tokens.size());
  SOTTO_TRY(part.past->extend(part.successive ? count : 1));
  for (int i = 0; i < count; ++i) {
    row_[rows_++] = {part.past, part.audio, part.tokens[i], part.successive ? 0 : i,
                     part.successive ? before + i : before};
  }
  return {};
}

Status Decoder::run(std::span<const DecoderRows> parts) {
  rows_ = 0;
  for (const DecoderRows& part : parts) SOTTO_TRY(add_rows(part));
  embed();
  for (int i = 0; i < weights_.hp.n_text_layer; ++i) {
    const DecoderLayerWeights& layer = weights_.decoder.layers[i];
    attend_past(layer.attention, i);
    attend_audio(layer.cross, i);
    feed_forward(layer.mlp);
  }
  return {};
}

void Decoder::embed() {
  for (int r = 0; r < rows_; ++r) {
    float* row = x_.row(r);
    read_row(weights_.decoder.tokens, row_[r].token, row);
    const float* added =
        weights_.decoder.positions + static_cast<size_t>(row_[r].position) * n_state_;
    for (int i = 0; i < n_state_; ++i) row[i] += added[i];
  }
}

void Decoder::attend_past(const SelfAttentionWeights& w, int layer) {
  const MatrixF32 x = x_.row_range(0, rows_), normed = normed_.row_range(0, rows_);
  const MatrixF32 qkv = qkv_.row_range(0, rows_);
  apply(w.query_key_value, LinearInput::normed(x, w.norm, normed), Epilogue::kStore, qkv, scratch_,
        &pool_);

  for (int r = 0; r < rows_; ++r) {
    const Row& at = row_[r];
    const float* row = qkv.row(r);
    std::copy_n(row + n_state_, n_state_, at.past->keys(layer, at.hypothesis).row(at.position));
    std::copy_n(row + 2 * n_state_, n_state_,
                at.past->values(layer, at.hypothesis).row(at.position));
  }
  const float scale = 1.0f / std::sqrt(static_cast<float>(head_size_));
  pool_.run(rows_, [&](int r, int worker) {
    const Row& at = row_[r];
    const PagedRows keys = at.past->keys(layer, at.hypothesis);
    const PagedRows values = at.past->values(layer, at.hypothesis);
    // A token sees those before it and itself.
    const int visible = at.position + 1;
    for (int h = 0; h < n_head_; ++h) {
      const int col = h * head_size_;
      const PagedHead head{keys.part(visible, col, head_size_),
                           values.part(visible, col, head_size_)};
      attend_f32(qkv.row(r) + col, head, nullptr, scale, scores_.row(worker), normed.row(r) + col);
    }
  });
  apply(w.out, normed, Epilogue::kResidual, x, scratch_, &pool_);
}

void Decoder::attend_audio(const CrossAttentionWeights& w, int layer) {
  const MatrixF32 x = x_.row_range(0, rows_), normed = normed_.row_range(0, rows_);
  const MatrixF32 queries = qkv_.row_range(0, rows_).col_range(0, n_state_);
  apply(w.query, LinearInput::normed(x, w.norm, normed), Epilogue::kStore, queries, scratch_,
        &pool_);
  if (tap_ != nullptr) tap_->take(layer, row_[0].position, queries);
  // Heads outside, rows inside: a head's keys and values then stay in the cache for all rows.
  pool_.run(n_head_, [&](int h, int worker) {
    const int col = h * head_size_;
    for (int r = 0; r < rows_; ++r) {
      row_[r].audio->attend(layer, h, queries.row(r) + col, scores_.row(worker),
                            normed.row(r) + col);
    }
  });
  apply(w.out, normed, Epilogue::kResidual, x, scratch_, &pool_);
}

void Decoder::feed_forward(const MlpWeights& w) {
  const MatrixF32 x = x_.row_range(0, rows_), normed = normed_.row_range(0, rows_);
  const MatrixF32 hidden = hidden_.row_range(0, rows_);
  apply(w.up, LinearInput::normed(x, w.norm, normed), Epilogue::kStore, hidden, scratch_, &pool_);
  apply(w.down, LinearInput::gelu(hidden), Epilogue::kResidual, x, scratch_, &pool_);
}

void Decoder::score(int first, const ScoreTable& scores) {
  score(x_.row_range(first, scores.rows()), scores);
}

void Decoder::score(std::span<const int> rows, const ScoreTable& scores) {
  // What the feed-forward layer of the pass left there is not needed any more.
  const MatrixF32 states = hidden_.row_range(0, scores.rows()).col_range(0, n_state_);
  for (int i = 0; i < scores.rows(); ++i) std::copy_n(x_.row(rows[i]), n_state_, states.row(i));
  score(states, scores);
}

void Decoder::score(ConstMatrixF32 states, const ScoreTable& scores) {
  const LinearInput input =
      LinearInput::normed(states, weights_.decoder.final_norm, normed_.row_range(0, scores.rows()));
  const auto sum_up = [&](int first, int count) {
    for (int r = 0; r < scores.rows(); ++r) scores.row(r).sum_up(first, count);
  };
  const AfterOutputs after{kScoreBlock, sum_up};
  apply(weights_.decoder.tokens, input, Epilogue::kStore, scores.values, scratch_, &pool_, &after);
}

}  // namespace sotto
