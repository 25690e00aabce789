// The audio of a session at 16 kHz: what was pushed and is not yet consumed.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "audio/resample.h"
#include "base/status.h"

namespace sotto {

class AudioQueue {
 public:
  // Mono samples at any rate, the same for the whole queue.
  Status push(std::span<const float> samples, int sample_rate_hz);
  Status finish();
  bool finished() const { return finished_; }

  // Samples at 16 kHz so far, those already discarded included.
  int64_t total_samples() const { return first_sample_ + static_cast<int64_t>(samples_.size()); }
  // The samples from `sample` (not discarded) to the end, at most `count`.
  std::span<const float> view(int64_t sample, int64_t count) const;
  // Frees what stands before `sample`.
  void discard_before(int64_t sample);

 private:
  std::optional<Resampler> resampler_;
  int sample_rate_hz_ = 0;
  bool finished_ = false;
  int64_t first_sample_ = 0;
  std::vector<float> samples_;
};

}  // namespace sotto
