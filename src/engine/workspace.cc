#include "engine/workspace.h"

#include <utility>

namespace sotto {

Result<std::unique_ptr<Workspace>> Workspace::create(const Weights& weights) {
  const Hyperparameters& hp = weights.hp;
  ArenaPlan plan;
  Encoder::plan(plan, hp);
  CrossCache::plan(plan, hp);
  KvCache::plan(plan, hp);
  Decoder::plan(plan, hp);
  plan.add<float>(hp.n_vocab);
  SOTTO_ASSIGN(Arena arena, Arena::reserve(plan.total_bytes()));
  SOTTO_ASSIGN(LogMel log_mel, LogMel::create(hp.n_mels));
  return std::unique_ptr<Workspace>(new Workspace(weights, std::move(arena), std::move(log_mel)));
}

Workspace::Workspace(const Weights& weights, Arena arena, LogMel log_mel)
    : arena_(std::move(arena)),
      log_mel_(std::move(log_mel)),
      encoder_(weights, arena_),
      cross_(weights, arena_),
      past_(weights.hp, arena_),
      decoder_(weights, arena_),
      logits_(arena_.take<float>(weights.hp.n_vocab), weights.hp.n_vocab) {}

}  // namespace sotto
