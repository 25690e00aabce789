// A network of Silero's shape with drawn weights.
#pragma once

#include <string>
#include <vector>

#include "unit/io/safetensors_fixture.h"
#include "unit/support/random.h"

namespace sotto::test {

struct SileroTensor {
  std::string name;
  std::vector<int> shape;
  std::vector<float> values;
};

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
  return tensors;
}

inline std::vector<uint8_t> silero_bytes(const std::vector<SileroTensor>& tensors) {
  SafetensorsBuilder builder;
  for (const SileroTensor& t : tensors) builder.add(t.name, t.shape, t.values);
  return builder.bytes();
}

}  // namespace sotto::test
