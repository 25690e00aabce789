// Sample rate conversion by a polyphase windowed sinc, for streams of any length.
#pragma once

#include <cstddef>
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

  // Appends what `in` completes to `out`, which may not hold `in`.
  void push(std::span<const float> in, std::vector<float>& out);
  // Appends the rest, the signal being zero after its end; the resampler then starts afresh.
  void finish(std::vector<float>& out);

  // The filter table's size, 2 MiB at most whatever the rates.
  size_t table_bytes() const { return kernels_.size() * sizeof(float); }

 private:
  Resampler() = default;
  void start();
  void make_kernels();
  void filter(std::vector<float>& out);

  // out / in in lowest terms: output i falls on the input's sample i * step_ / ratio_.
  int ratio_ = 1;
  int step_ = 1;
  // Kernels are stored at `phases_` fractions of an input sample: each of the `ratio_` that occur,
  // or, where these are too many, a grid between whose neighbours one interpolates.
  int phases_ = 1;
  bool interpolates_ = false;
  size_t taps_ = 0;
  std::vector<float> kernels_;  // [phases_ (+ 1 to interpolate), taps_]

  std::vector<float> pending_;  // the input from the first sample that is still needed
  size_t next_ = 0;             // where in `pending_` the next output's kernel begins
  int fraction_ = 0;            // how far the next output is beyond an input sample, in 1 / ratio_
};

}  // namespace sotto
