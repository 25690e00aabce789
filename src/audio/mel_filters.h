// The triangular filters that gather a power spectrum into mel bins.
#pragma once

#include <vector>

namespace sotto {

// Weights of the bins [first_bin, first_bin + weights.size()); all others are zero. Empty where
// the filter falls between two bins.
struct MelFilter {
  int first_bin = 0;
  std::vector<float> weights;
};

// n_mels filters over the n_fft / 2 + 1 bins of a transform of n_fft samples, from 0 Hz to the
// Nyquist frequency: librosa.filters.mel(sr=rate_hz, n_fft=n_fft, n_mels=n_mels), that is Slaney's
// mel scale and area normalisation.
std::vector<MelFilter> make_mel_filters(int rate_hz, int n_fft, int n_mels);

}  // namespace sotto
