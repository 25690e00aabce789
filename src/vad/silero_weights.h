// The weights of Silero VAD at 16 kHz, as the kernels read them.
#pragma once

#include "base/arena.h"
#include "base/status.h"
#include "io/byte_reader.h"
#include "quant/formats.h"
#include "vad/silero_spectrum.h"

namespace sotto {

// The shape of the network, which its file must have.
namespace silero {

inline constexpr int kTaps = 3;
inline constexpr int kConvolutions = 4;
inline constexpr int kCells = 128;  // of the LSTM, and what the last convolution gives it

struct ConvolutionShape {
  int in;
  int out;
  int step;  // positions from one output to the next
};
inline constexpr ConvolutionShape kShapes[kConvolutions] = {
    {kBins, 128, 1}, {128, 64, 2}, {64, 64, 2}, {64, kCells, 1}};

}  // namespace silero

// Matrices, packed as tiles, and vectors, as they are. What the file calls them and their shapes
// there stand in the table of silero_weights.cc.
enum SileroMatrix {
  kSileroConv,  // and three more: [out, 3 * in], tap by tap
  kSileroLstmInput = kSileroConv + silero::kConvolutions,  // [512, 128]
  kSileroLstmState,                                        // [512, 128]
  kSileroMatrices,
};
enum SileroVector {
  kSileroConvBias,                                                 // and three more: [out]
  kSileroLstmInputBias = kSileroConvBias + silero::kConvolutions,  // [512]
  kSileroLstmStateBias,                                            // [512]
  kSileroFinalWeight,                                              // [128]
  kSileroFinalBias,                                                // [1]
  kSileroVectors,
};

struct SileroWeights {
  F32Tiles stft[silero::kFoldedParts];
  F32Tiles matrix[kSileroMatrices];
  float* vector[kSileroVectors] = {};
  // Holds all of the above: 1.1 MB.
  Arena arena;
};

// Reads a safetensors file of f32, f16 or bf16. Besides the reader's errors (safetensors_reader.h):
// BadFormat where a tensor is missing, has another shape or holds what is not finite, or where the
// transform is none of Fourier's (vad/silero_spectrum.h); OutOfMemory.
Status load_silero_weights(ByteSource& source, SileroWeights& weights);

}  // namespace sotto
