// Keys and values of the tokens decoded so far, per layer, preallocated for the whole context.
#pragma once

#include <vector>

#include "base/arena.h"
#include "base/tensor.h"
#include "io/model_file.h"

namespace sotto {

class KvCache {
 public:
  KvCache(const Hyperparameters& hp, ArenaLayout& layout);

  // Tokens whose keys and values are valid; shrinking forgets the last ones.
  int size_tokens() const { return size_tokens_; }
  void resize(int tokens) { size_tokens_ = tokens; }
  int capacity_tokens() const { return capacity_tokens_; }

  // Rows [n_text_ctx, n_text_state] of a layer.
  MatrixF32 keys(int layer) const { return keys_[layer]; }
  MatrixF32 values(int layer) const { return values_[layer]; }

 private:
  int size_tokens_ = 0;
  int capacity_tokens_ = 0;
  std::vector<MatrixF32> keys_, values_;
};

}  // namespace sotto
