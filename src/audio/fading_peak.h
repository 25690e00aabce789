// The loudest energy of a stream so far, which fades: what was loud once is not the measure
// forever.
#pragma once

#include <algorithm>

#include "audio/log_mel.h"

namespace sotto {

// Energies are log10, times in seconds of the stream, which never fall.
class FadingPeak {
 public:
  // The peak at this time; kSilence_log10 where nothing was heard.
  float at(double time_s) const {
    const auto faded = static_cast<float>(kFade_per_s * (time_s - time_s_));
    return std::max(energy_log10_ - faded, kSilence_log10);
  }
  void hear(float energy_log10, double time_s) {
    energy_log10_ = std::max(at(time_s), energy_log10);
    time_s_ = time_s;
  }

 private:
  // 1 dB a second: a pause for breath changes nothing, a door that slammed is gone when the model's
  // window of 30 s is over.
  static constexpr double kFade_per_s = 0.1;

  float energy_log10_ = kSilence_log10;
  double time_s_ = 0;
};

}  // namespace sotto
