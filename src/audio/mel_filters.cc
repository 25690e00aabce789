#include "audio/mel_filters.h"

#include <algorithm>
#include <cmath>

namespace sotto {
namespace {

// Slaney's scale (Auditory Toolbox, 1998): linear up to 1 kHz with 3 mels to 200 Hz, above that
// logarithmic, 27 mels to a factor of 6.4.
constexpr double kHzPerMel = 200.0 / 3;
constexpr double kKnee_hz = 1000.0;
constexpr double kKnee_mel = kKnee_hz / kHzPerMel;

double log_per_mel() { return std::log(6.4) / 27; }

double mel_of(double hz) {
  return hz < kKnee_hz ? hz / kHzPerMel : kKnee_mel + std::log(hz / kKnee_hz) / log_per_mel();
}

double hz_of(double mel) {
  return mel < kKnee_mel ? mel * kHzPerMel : kKnee_hz * std::exp((mel - kKnee_mel) * log_per_mel());
}

MelFilter make_filter(double low_hz, double center_hz, double high_hz, double bin_hz, int n_bins) {
  MelFilter filter;
  // Every triangle has the same area.
  const double height = 2 / (high_hz - low_hz);
  for (int bin = 0; bin < n_bins; ++bin) {
    const double hz = bin * bin_hz;
    const double rise = (hz - low_hz) / (center_hz - low_hz);
    const double fall = (high_hz - hz) / (high_hz - center_hz);
    const double weight = std::min(rise, fall) * height;
    if (weight <= 0) continue;
    if (filter.weights.empty()) filter.first_bin = bin;
    filter.weights.push_back(static_cast<float>(weight));
  }
  return filter;
}

}  // namespace

std::vector<MelFilter> make_mel_filters(int rate_hz, int n_fft, int n_mels) {
  // Corner i of the filters, evenly spaced in mels; filter m stands on m, m + 1 and m + 2.
  const double top_mel = mel_of(rate_hz / 2.0);
  const auto corner_hz = [&](int i) { return hz_of(top_mel * i / (n_mels + 1)); };
  std::vector<MelFilter> filters;
  for (int m = 0; m < n_mels; ++m) {
    filters.push_back(make_filter(corner_hz(m), corner_hz(m + 1), corner_hz(m + 2),
                                  static_cast<double>(rate_hz) / n_fft, n_fft / 2 + 1));
  }
  return filters;
}

}  // namespace sotto
