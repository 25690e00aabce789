#include "vad/silero_spectrum.h"

#include <cmath>

#include "kernels/gemm_f32.h"

namespace sotto::silero {

namespace {

constexpr int kMiddle = kFft_samples / 2;

bool is_sine(int part) { return part >= 2; }
// The sample that element i of a part stands for, beside the one at the other end.
int sample_of(int part, int i) { return 2 * i + (part % 2 == 0 ? 2 : 1); }

void fold(const float* x, FoldedWindow& to) {
  for (int i = 0; i < kFolded_samples; ++i) {
    const int even = sample_of(0, i), odd = sample_of(1, i);
    to.samples[0][i] = x[even] + x[kFft_samples - even];
    to.samples[1][i] = x[odd] + x[kFft_samples - odd];
    to.samples[2][i] = x[even] - x[kFft_samples - even];
    to.samples[3][i] = x[odd] - x[kFft_samples - odd];
  }
  // The one in the middle is alone.
  to.samples[0][kFolded_samples - 1] = x[kMiddle];
}

float magnitude(float real, float imaginary) {
  return std::sqrt(real * real + imaginary * imaginary);
}

}  // namespace

bool can_fold(std::span<const float> stft) {
  const auto at = [&](int row, int n) { return stft[static_cast<size_t>(row * kFft_samples + n)]; };
  for (int bin = 0; bin < kBins; ++bin) {
    const int cosine = bin, sine = kBins + bin;
    const int mirror = kBins - 1 - bin;
    if (at(cosine, 0) != 0 || at(sine, 0) != 0) return false;
    for (int n = 1; n < kFft_samples; ++n) {
      const float sign = n % 2 == 0 ? 1.0f : -1.0f;
      if (at(cosine, n) != at(cosine, kFft_samples - n)) return false;
      if (at(sine, n) != -at(sine, kFft_samples - n)) return false;
      if (at(cosine, n) != sign * at(mirror, n)) return false;
      if (at(sine, n) != -sign * at(kBins + mirror, n)) return false;
    }
  }
  return true;
}

void fold_weights(std::span<const float> stft, int part, float* weights) {
  for (int bin = 0; bin < kFoldedBins; ++bin) {
    const float* row = &stft[static_cast<size_t>(bin + (is_sine(part) ? kBins : 0)) * kFft_samples];
    for (int i = 0; i < kFolded_samples; ++i) *weights++ = row[sample_of(part, i)];
  }
}

void magnitudes(ConstMatrixF32 x, const F32Tiles (&parts)[kFoldedParts], FoldedWindow* scratch,
                MatrixF32 y) {
  constexpr int kStride = sizeof(FoldedWindow) / sizeof(float);
  for (int r = 0; r < x.rows; ++r) fold(x.row(r), scratch[r]);
  for (int part = 0; part < kFoldedParts; ++part) {
    gemm_f32({scratch->samples[part], x.rows, kFolded_samples, kStride}, parts[part], nullptr,
             Epilogue::kStore, {scratch->sums[part], x.rows, kFoldedBins, kStride});
  }
  for (int r = 0; r < x.rows; ++r) {
    const auto& [cos_even, cos_odd, sin_even, sin_odd] = scratch[r].sums;
    float* row = y.row(r);
    for (int bin = 0; bin < kFoldedBins; ++bin) {
      row[bin] = magnitude(cos_even[bin] + cos_odd[bin], sin_even[bin] + sin_odd[bin]);
      row[kBins - 1 - bin] = magnitude(cos_even[bin] - cos_odd[bin], sin_even[bin] - sin_odd[bin]);
    }
  }
}

}  // namespace sotto::silero
