// Sample rate conversion by a polyphase windowed sinc, for streams of any length.
#pragma once

#include <span>
#include <vector>

#include "base/status.h"

namespace sotto {

// Converts in_rate to out_rate. The output of a stream does not depend on how it was cut into
// blocks; its first sample falls on the first sample of the input (no delay), and its length is
// ceil(n * out / in). Aliases are at least 80 dB down, the pass band reaches 90 % of the lower
// Nyquist frequency. Equal rates copy.
class Resampler {
 public:
  // Rates of 1 kHz to 768 kHz; InvalidArgument otherwise.
  static Result<Resampler> create(int in_rate_hz, int out_rate_hz);

  // Appends what `in` completes to `out`.
  void push(std::span<const float> in, std::vector<float>& out);
  // Appends the rest, the signal being zero after its end; the resampler then starts afresh.
  void finish(std::vector<float>& out);

 private:
  Resampler() = default;
};

}  // namespace sotto
