// Whisper's text decoder: one transformer pass over new tokens, given those before them.
// Source: openai-whisper, model.py, TextDecoder.
#pragma once

#include <span>

#include "base/arena.h"
#include "base/status.h"
#include "base/tensor.h"
#include "base/thread_pool.h"
#include "model/cross_cache.h"
#include "model/kv_cache.h"
#include "model/query_tap.h"
#include "model/token_scores.h"
#include "model/weights.h"

namespace sotto {

// Rows that one hypothesis or several of one cache have in a pass.
struct DecoderRows {
  std::span<const int> tokens;
  bool successive = false;  // of the only hypothesis; else one of each, in their order
  KvCache* past = nullptr;
  const CrossCache* audio = nullptr;
};

// Scratch for a few rows; owns no memory. The caches may be any of the same model.
class Decoder {
 public:
  // New tokens that one pass takes; longer prompts go in several.
  static constexpr int kMaxBatch_tokens = 32;
  static_assert(KvCache::kMaxHypotheses <= kMaxBatch_tokens);

  // The threads of `pool`, which must outlive it, share its products; results do not depend on
  // them.
  Decoder(const Weights& weights, ThreadPool& pool, ArenaLayout& layout);
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  int n_vocab() const { return weights_.hp.n_vocab; }

  // Runs 1 to kMaxBatch_tokens new tokens after the ones of the only hypothesis in `past`, whose
  // keys and values are appended. InvalidArgument where a token is not in the vocabulary, the
  // context is full or there are more hypotheses; OutOfMemory.
  Status forward(std::span<const int> tokens, KvCache& past, const CrossCache& audio);
  // The same for a token of each hypothesis in `past`, in their order: a row each.
  Status step(std::span<const int> tokens, KvCache& past, const CrossCache& audio);
  // The same for several caches at once, kMaxBatch_tokens rows together, with the results that each
  // has alone: what the weights cost is paid once.
  Status run(std::span<const DecoderRows> parts);

  // From now on `tap`, which is borrowed, keeps queries of the cross-attention; none where nullptr.
  void set_tap(QueryTap* tap) { tap_ = tap; }

  // Scores of every token of the vocabulary to follow rows [first, first + scores.rows()) of the
  // last pass, summed up.
  void score(int first, const ScoreTable& scores);
  // The same for these rows, scores.rows() of them.
  void score(std::span<const int> rows, const ScoreTable& scores);

 private:
  // A row of a pass.
  struct Row {
    KvCache* past;
    const CrossCache* audio;
    int token;
    int hypothesis;
    int position;
  };

  Status check(const DecoderRows& part) const;
  Status add_rows(const DecoderRows& part);
  void embed();
  void attend_past(const SelfAttentionWeights& w, int layer);
  void attend_audio(const CrossAttentionWeights& w, int layer);
  void score(ConstMatrixF32 states, const ScoreTable& scores);
  void feed_forward(const MlpWeights& w);

  const Weights& weights_;
  ThreadPool& pool_;
  int n_state_;
  int n_head_;
  int head_size_;
  QueryTap* tap_ = nullptr;
  int rows_ = 0;
  Row row_[kMaxBatch_tokens];
  MatrixF32 x_;       // [batch, n_state], the residual stream
  MatrixF32 normed_;  // [batch, n_state]
  MatrixF32 qkv_;     // [batch, 3 n_state]
  MatrixF32 hidden_;  // [batch, 4 n_state]
  MatrixF32 scores_;  // [workers, max(n_audio_ctx, n_text_ctx)]
  LinearScratch scratch_;
};

}  // namespace sotto
