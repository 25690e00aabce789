#include "engine/workspace.h"

#include <utility>

namespace sotto {

Result<std::unique_ptr<Workspace>> Workspace::create(const Weights& weights, bool q8_attention,
                                                     ThreadPool& pool) {
  SOTTO_ASSIGN(LogMel log_mel, LogMel::create(weights.hp.n_mels, &pool));
  ArenaLayout sizes;
  Parts(weights, q8_attention, pool, sizes);
  SOTTO_ASSIGN(Arena arena, Arena::reserve(sizes.total_bytes()));
  return std::unique_ptr<Workspace>(
      new Workspace(weights, q8_attention, pool, std::move(log_mel), std::move(arena)));
}

Workspace::Workspace(const Weights& weights, bool q8_attention, ThreadPool& pool, LogMel log_mel,
                     Arena arena)
    : log_mel_(std::move(log_mel)),
      arena_(std::move(arena)),
      places_(arena_),
      parts_(weights, q8_attention, pool, places_) {}

Workspace::Parts::Parts(const Weights& weights, bool q8_attention, ThreadPool& pool,
                        ArenaLayout& layout)
    : encoder(weights, q8_attention, pool.workers(), layout),
      cross(weights, pool.workers(), layout),
      past(weights.hp, layout),
      decoder(weights, pool, layout),
      scores(ScoreTable::take(layout, 1, weights.hp.n_vocab)) {}

}  // namespace sotto
