// What an Engine holds and what its sessions borrow from it.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "base/thread_pool.h"
#include "engine.h"
#include "engine/workspace.h"
#include "model/weights.h"
#include "vad/silero.h"

namespace sotto {

struct Engine::Impl {
  Impl(Weights w, Tokenizer t, int threads)
      : weights(std::move(w)), tokenizer(std::move(t)), pool(threads) {}

  Weights weights;
  Tokenizer tokenizer;
  ModelInfo info;
  std::vector<int> non_speech_tokens;
  std::vector<AlignmentHead> alignment_heads;
  bool q8_attention = false;
  ThreadPool pool;  // works for one session at a time
  std::optional<Silero> silero;
  double load_begin_ms = 0;
  double load_end_ms = 0;
  // The workspace that no session has at the moment; a second session at the same time gets its
  // own.
  std::unique_ptr<Workspace> idle_workspace;

  Result<std::unique_ptr<Workspace>> borrow_workspace() {
    if (idle_workspace != nullptr) return std::move(idle_workspace);
    return Workspace::create(weights, q8_attention, pool);
  }
  void give_back(std::unique_ptr<Workspace> workspace) { idle_workspace = std::move(workspace); }
};

}  // namespace sotto
