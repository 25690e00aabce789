#include "model/kv_cache.h"

namespace sotto {

void KvCache::plan(ArenaPlan& plan, const Hyperparameters& hp) {
  for (int i = 0; i < 2 * hp.n_text_layer; ++i) {
    plan.add<float>(static_cast<size_t>(hp.n_text_ctx) * hp.n_text_state);
  }
}

KvCache::KvCache(const Hyperparameters& hp, Arena& arena) : capacity_tokens_(hp.n_text_ctx) {
  const auto take_rows = [&] {
    return MatrixF32(arena.take<float>(static_cast<size_t>(hp.n_text_ctx) * hp.n_text_state),
                     hp.n_text_ctx, hp.n_text_state);
  };
  for (int i = 0; i < hp.n_text_layer; ++i) {
    keys_.push_back(take_rows());
    values_.push_back(take_rows());
  }
}

}  // namespace sotto
