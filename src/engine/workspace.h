// All memory that transcribing needs besides the weights, in one arena, reserved when the model is
// loaded and lent to one session at a time.
#pragma once

#include <memory>

#include "audio/log_mel.h"
#include "base/arena.h"
#include "base/status.h"
#include "model/cross_cache.h"
#include "model/decoder.h"
#include "model/encoder.h"
#include "model/kv_cache.h"
#include "model/token_scores.h"
#include "model/weights.h"

namespace sotto {

class Workspace {
 public:
  // Weights and pool must outlive it. `q8_attention` as in Encoder.
  static Result<std::unique_ptr<Workspace>> create(const Weights& weights, bool q8_attention,
                                                   ThreadPool& pool);

  LogMel& log_mel() { return log_mel_; }
  Encoder& encoder() { return parts_.encoder; }
  CrossCache& cross() { return parts_.cross; }
  KvCache& past() { return parts_.past; }
  Decoder& decoder() { return parts_.decoder; }
  const ScoreTable& scores() const { return parts_.scores; }

 private:
  // What lives in the arena.
  struct Parts {
    Parts(const Weights& weights, bool q8_attention, ThreadPool& pool, ArenaLayout& layout);

    Encoder encoder;
    CrossCache cross;
    KvCache past;
    Decoder decoder;
    ScoreTable scores;  // one row
  };

  Workspace(const Weights& weights, bool q8_attention, ThreadPool& pool, LogMel log_mel,
            Arena arena);

  LogMel log_mel_;
  Arena arena_;
  ArenaLayout places_;
  Parts parts_;
};

}  // namespace sotto
