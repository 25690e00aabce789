// What some heads of the decoder ask the audio: their queries, kept while passes go by, from which
// the attention of single heads can be told afterwards.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include "base/tensor.h"
#include "io/model_file.h"

namespace sotto {

class QueryTap {
 public:
  QueryTap() = default;
  // For passes over n_tokens tokens of one hypothesis; queries[heads, n_tokens, head_size] and
  // `heads` are borrowed.
  QueryTap(std::span<const AlignmentHead> heads, float* queries, int n_tokens, int head_size)
      : heads_(heads), queries_(queries), n_tokens_(n_tokens), head_size_(head_size) {}

  int capacity_tokens() const { return n_tokens_; }

  // The queries [m, n_state] of a layer for tokens from `first_token` on.
  void take(int layer, int first_token, ConstMatrixF32 queries) {
    for (size_t i = 0; i < heads_.size(); ++i) {
      if (heads_[i].layer != layer) continue;
      float* out = rows(i) + static_cast<ptrdiff_t>(first_token) * head_size_;
      for (int r = 0; r < queries.rows; ++r, out += head_size_) {
        std::copy_n(queries.row(r) + heads_[i].head * head_size_, head_size_, out);
      }
    }
  }

  // Of heads[i], a row each token.
  ConstMatrixF32 queries(int i) const { return {rows(i), n_tokens_, head_size_}; }

 private:
  float* rows(size_t i) const { return queries_ + i * n_tokens_ * head_size_; }

  std::span<const AlignmentHead> heads_;
  float* queries_ = nullptr;
  int n_tokens_ = 0;
  int head_size_ = 0;
};

}  // namespace sotto
