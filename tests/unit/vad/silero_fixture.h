// A network of Silero's shape with drawn weights.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "unit/io/safetensors_fixture.h"
#include "unit/support/random.h"
#include "vad/silero.h"

namespace sotto::test {

struct SileroTensor {
  std::string name;
  std::vector<int> shape;
  std::vector<float> values;
};

// Makes the 258 rows of a transform alike, as a window times cosines and sines is: those of bins
// 0 to 64 and samples 1 to 128 decide.
inline void make_foldable(std::vector<float>& stft) {
  for (size_t row = 0; row < 258; ++row) {
    const size_t bin = row % 129, mirror = bin > 64 ? 128 - bin : bin;
    const bool sine = row >= 129;
    for (size_t n = 0; n < 256; ++n) {
      const size_t from = n > 128 ? 256 - n : n;
      float value = stft[(mirror + (sine ? 129 : 0)) * 256 + from];
      const bool odd = n % 2 == 1;
      if (n == 0 || (sine && n == 128) || (bin == 64 && sine != odd)) value = 0;
      if (sine && n > 128) value = -value;
      if (bin > 64 && sine != odd) value = -value;
      stft[row * 256 + n] = value;
    }
  }
}

inline std::vector<SileroTensor> silero_tensors(uint64_t seed) {
  std::vector<SileroTensor> tensors = {
      {"stft_conv.weight", {258, 1, 256}, {}},
      {"conv1.weight", {128, 129, 3}, {}},
      {"conv1.bias", {128}, {}},
      {"conv2.weight", {64, 128, 3}, {}},
      {"conv2.bias", {64}, {}},
      {"conv3.weight", {64, 64, 3}, {}},
      {"conv3.bias", {64}, {}},
      {"conv4.weight", {128, 64, 3}, {}},
      {"conv4.bias", {128}, {}},
      {"lstm_cell.weight_ih", {512, 128}, {}},
      {"lstm_cell.weight_hh", {512, 128}, {}},
      {"lstm_cell.bias_ih", {512}, {}},
      {"lstm_cell.bias_hh", {512}, {}},
      {"final_conv.weight", {1, 128, 1}, {}},
      {"final_conv.bias", {1}, {}},
  };
  Random random(seed);
  for (SileroTensor& tensor : tensors) {
    size_t count = 1;
    for (const int dim : tensor.shape) count *= static_cast<size_t>(dim);
    tensor.values = random.floats(count, -0.12f, 0.12f);
  }
  make_foldable(tensors[0].values);
  return tensors;
}

// A network that hears how loud a frame is: samples of +-loudness have this probability of speech.
//
//   m[k] = m[128 - k] = sqrt((x[2k + 1]^2 + x[255 - 2k]^2) / 2) for k < 64, y[0] = mean(m),
//   c[0] = tanh(8 * y[0]), p = sigmoid(40 * tanh(c[0]) - 20)
//
// LSTM gates are always open but for the one that would remember: i, f, g, o stand in this order.
inline std::vector<SileroTensor> loudness_tensors() {
  std::vector<SileroTensor> tensors = silero_tensors(1);
  for (SileroTensor& t : tensors) std::fill(t.values.begin(), t.values.end(), 0.0f);
  const auto at = [&](int tensor, size_t i) -> float& { return tensors[size_t(tensor)].values[i]; };
  for (size_t k = 0; k < 64; ++k) {
    for (const size_t row : {k, 129 + k}) at(0, row * 256 + 2 * k + 1) = 0.5f;
    for (const size_t bin : {k, 128 - k}) at(1, bin * 3 + 1) = 1.0f / 128;
  }
  make_foldable(tensors[0].values);
  // The middle taps of conv2, conv3 and conv4, from channel 0 to channel 0.
  for (const int tensor : {3, 5, 7}) at(tensor, 1) = 1.0f;
  at(9, 256 * 128) = 8.0f;
  for (size_t cell = 0; cell < 128; ++cell) {
    at(11, cell) = 20.0f;
    at(11, 128 + cell) = -20.0f;
    at(11, 384 + cell) = 20.0f;
  }
  at(13, 0) = 40.0f;
  at(14, 0) = -20.0f;
  return tensors;
}

inline std::vector<uint8_t> silero_bytes(const std::vector<SileroTensor>& tensors) {
  SafetensorsBuilder builder;
  for (const SileroTensor& t : tensors) builder.add(t.name, t.shape, t.values);
  return builder.bytes();
}

inline Result<Silero> load_silero(const std::vector<SileroTensor>& tensors) {
  const std::vector<uint8_t> bytes = silero_bytes(tensors);
  MemorySource source(bytes);
  return Silero::load(source);
}

struct Part {
  double length_s;
  float loudness;
};

// Samples of +-loudness, drawn anew for each part that is not silent: how long the silence lasts
// does not change what is said behind it.
inline std::vector<float> audio_of(const std::vector<Part>& parts) {
  std::vector<float> samples;
  uint64_t seed = 1;
  for (const Part& part : parts) {
    Random random(part.loudness > 0 ? seed++ : 0);
    for (auto n = std::llround(part.length_s * kVadSampleRate_hz); n > 0; --n) {
      samples.push_back(random.below(2) == 0 ? part.loudness : -part.loudness);
    }
  }
  return samples;
}

}  // namespace sotto::test
