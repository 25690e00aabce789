#include "engine/workspace.h"

#include <utility>

namespace sotto {

Result<std::unique_ptr<Workspace>> Workspace::create(const Weights& weights, bool q8_attention,
                                                     int workers) {
  SOTTO_ASSIGN(LogMel log_mel, LogMel::create(weights.hp.n_mels));
  ArenaLayout sizes;
  SOTTO_ASSIGN(LogMel counted, LogMel::create(weights.hp.n_mels));
  Workspace(weights, q8_attention, workers, std::move(counted), sizes);
  SOTTO_ASSIGN(Arena arena, Arena::reserve(sizes.total_bytes()));
  ArenaLayout places(arena);
  std::unique_ptr<Workspace> workspace(
      new Workspace(weights, q8_attention, workers, std::move(log_mel), places));
  workspace->arena_ = std::move(arena);
  return workspace;
}

Workspace::Workspace(const Weights& weights, bool q8_attention, int workers, LogMel log_mel,
                     ArenaLayout& layout)
    : log_mel_(std::move(log_mel)),
      encoder_(weights, q8_attention, workers, layout),
      cross_(weights, workers, layout),
      past_(weights.hp, layout),
      decoder_(weights, layout),
      logits_(layout.take<float>(weights.hp.n_vocab), weights.hp.n_vocab) {}

}  // namespace sotto
