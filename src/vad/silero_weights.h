// The weights of Silero VAD at 16 kHz, as the kernels read them.
#pragma once

#include "base/arena.h"
#include "base/status.h"
#include "io/byte_reader.h"
#include "quant/formats.h"

namespace sotto {

// The shape of the network, which its file must have.
namespace silero {

inline constexpr int kFft_samples = 256;
inline constexpr int kBins = kFft_samples / 2 + 1;
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

struct SileroWeights {
  // Tensor by tensor, what the file calls them and their shape there:
  //
  //   stft_conv.weight    [258, 1, 256]    window times cosine for 129 bins, then times sine
  //   conv1..4.weight     [out, in, 3]     packed tap by tap, k = 3 * in
  //   conv1..4.bias       [out]
  //   lstm_cell.weight_ih [512, 128]       packed side by side with
  //   lstm_cell.weight_hh [512, 128]       this, k = 256
  //   lstm_cell.bias_ih, lstm_cell.bias_hh [512], added up
  //   final_conv.weight   [1, 128, 1]
  //   final_conv.bias     [1]
  F32Tiles stft;
  F32Tiles conv[silero::kConvolutions];
  float* conv_bias[silero::kConvolutions] = {};
  F32Tiles lstm;
  float* lstm_bias = nullptr;
  float* final_weight = nullptr;
  float final_bias = 0;

  // Holds all of the above: 1.3 MB.
  Arena arena;
};

// Reads a safetensors file of f32, f16 or bf16. Besides the reader's errors (safetensors_reader.h):
// BadFormat where a tensor is missing, has another shape or holds what is not finite; OutOfMemory.
Result<SileroWeights> load_silero_weights(ByteSource& source);

}  // namespace sotto
