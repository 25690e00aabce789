// Silero's short-time Fourier transform. The file has it as a matrix of cosines and sines times a
// window w, with w[0] = 0, w[n] = w[256 - n], whose rows are alike twice over:
//
//   cos: row[k][n] = row[k][256 - n] = (-1)^n row[128 - k][n]
//   sin: row[k][n] = -row[k][256 - n] = -(-1)^n row[128 - k][n]
//
// So a window of 256 samples is folded to four rows of 64, which four products of a sixteenth of
// the matrix's size each multiply, and bins k and 128 - k are sums and differences of the same
// four numbers.
#pragma once

#include <span>

#include "base/tensor.h"
#include "quant/formats.h"

namespace sotto::silero {

inline constexpr int kFft_samples = 256;
inline constexpr int kBins = kFft_samples / 2 + 1;

// Cosines of even and odd samples, then sines.
inline constexpr int kFoldedParts = 4;
inline constexpr int kFolded_samples = kFft_samples / 4;
inline constexpr int kFoldedBins = kBins / 2 + 1;

// True where stft[258, 256] is of that kind: 129 rows of cosines, then 129 of sines.
bool can_fold(std::span<const float> stft);
// The part's weights: [kFoldedBins, kFolded_samples].
void fold_weights(std::span<const float> stft, int part, float* weights);

// What magnitudes() needs for a window.
struct FoldedWindow {
  float samples[kFoldedParts][kFolded_samples];
  float sums[kFoldedParts][kFoldedBins];
};

// Of x[m, 256]: y[m, 129] = sqrt((x cos^T)^2 + (x sin^T)^2). `parts` are packed; `scratch` has m
// elements.
void magnitudes(ConstMatrixF32 x, const F32Tiles (&parts)[kFoldedParts], FoldedWindow* scratch,
                MatrixF32 y);

}  // namespace sotto::silero
