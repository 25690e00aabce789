#include "model/kv_cache.h"

namespace sotto {

KvCache::KvCache(const Hyperparameters& hp, ArenaLayout& layout) : capacity_tokens_(hp.n_text_ctx) {
  const auto take_rows = [&] {
    return MatrixF32(layout.take<float>(static_cast<size_t>(hp.n_text_ctx) * hp.n_text_state),
                     hp.n_text_ctx, hp.n_text_state);
  };
  for (int i = 0; i < hp.n_text_layer; ++i) {
    keys_.push_back(take_rows());
    values_.push_back(take_rows());
  }
}

}  // namespace sotto
