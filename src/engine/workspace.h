// All memory that transcribing needs besides the weights, in one arena, reserved when the model is
// loaded and lent to one session at a time.
#pragma once

#include <memory>
#include <span>

#include "audio/log_mel.h"
#include "base/arena.h"
#include "base/status.h"
#include "model/cross_cache.h"
#include "model/decoder.h"
#include "model/encoder.h"
#include "model/kv_cache.h"
#include "model/weights.h"

namespace sotto {

class Workspace {
 public:
  // The weights must outlive it. `q8_attention` and `workers` as in Encoder.
  static Result<std::unique_ptr<Workspace>> create(const Weights& weights, bool q8_attention,
                                                   int workers);

  LogMel& log_mel() { return log_mel_; }
  Encoder& encoder() { return encoder_; }
  CrossCache& cross() { return cross_; }
  KvCache& past() { return past_; }
  Decoder& decoder() { return decoder_; }
  std::span<float> logits() { return logits_; }

 private:
  Workspace(const Weights& weights, bool q8_attention, int workers, LogMel log_mel,
            ArenaLayout& layout);

  LogMel log_mel_;
  Encoder encoder_;
  CrossCache cross_;
  KvCache past_;
  Decoder decoder_;
  std::span<float> logits_;
  // What the parts above point into.
  Arena arena_;
};

}  // namespace sotto
