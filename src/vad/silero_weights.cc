#include "vad/silero_weights.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "io/safetensors_reader.h"
#include "quant/pack.h"

namespace sotto {
namespace {

using silero::kCells;
using silero::kConvolutions;
using silero::kFft_samples;
using silero::kTaps;

constexpr int kGates = 4 * kCells;

F32Tiles take_tiles(ArenaLayout& layout, int n, int k) {
  return {n, k, layout.take<float>(f32_tiles_count(n, k))};
}

// The same code counts and hands out (ArenaLayout).
void lay_out(ArenaLayout& layout, SileroWeights& w) {
  w.stft = take_tiles(layout, 2 * silero::kBins, kFft_samples);
  for (int i = 0; i < kConvolutions; ++i) {
    const silero::ConvolutionShape& shape = silero::kShapes[i];
    w.conv[i] = take_tiles(layout, shape.out, kTaps * shape.in);
    w.conv_bias[i] = layout.take<float>(static_cast<size_t>(shape.out));
  }
  w.lstm = take_tiles(layout, kGates, 2 * kCells);
  w.lstm_bias = layout.take<float>(kGates);
  w.final_weight = layout.take<float>(kCells);
}

std::string shape_text(const std::vector<uint32_t>& dims) {
  std::string text;
  for (const uint32_t dim : dims) text += (text.empty() ? "" : " x ") + std::to_string(dim);
  return text.empty() ? "a single number" : text;
}

class TensorLoader {
 public:
  TensorLoader(ByteSource& source, const SafetensorsFile& file) : source_(source), file_(file) {}

  // All of a tensor's values, in the order of the file.
  Result<std::vector<float>> read(const std::string& name, const std::vector<uint32_t>& dims) {
    const TensorEntry* entry = file_.find(name);
    if (entry == nullptr) return mismatch(Code::kBadFormat, "weights of Silero VAD", name, "none");
    const std::vector<uint32_t> actual(entry->dims.begin(), entry->dims.begin() + entry->rank);
    if (actual != dims) {
      return mismatch(Code::kBadFormat, name + ": shape", shape_text(dims), shape_text(actual));
    }
    const auto cols = static_cast<size_t>(entry->cols());
    const int n = static_cast<int>(entry->rows());
    std::vector<float> values(static_cast<size_t>(n) * cols);
    SOTTO_TRY(read_tensor_f32(source_, *entry, n, [&](const float* rows, int first, int count) {
      std::copy_n(rows, static_cast<size_t>(count) * cols,
                  values.data() + static_cast<size_t>(first) * cols);
    }));
    for (size_t i = 0; i < values.size(); ++i) {
      if (std::isfinite(values[i])) continue;
      return mismatch(Code::kBadFormat, name + ": value " + std::to_string(i), "a finite number",
                      std::isnan(values[i]) ? "not a number" : "infinity");
    }
    return values;
  }

 private:
  ByteSource& source_;
  const SafetensorsFile& file_;
};

// From [out, in, taps] to [out, taps, in], as rows of positions stand in memory.
std::vector<float> tap_by_tap(const std::vector<float>& weight, int out, int in) {
  std::vector<float> rows(weight.size());
  for (int n = 0; n < out; ++n) {
    for (int i = 0; i < in; ++i) {
      for (int tap = 0; tap < kTaps; ++tap) {
        rows[static_cast<size_t>((n * kTaps + tap) * in + i)] =
            weight[static_cast<size_t>((n * in + i) * kTaps + tap)];
      }
    }
  }
  return rows;
}

Status load_convolution(TensorLoader& loader, int i, const SileroWeights& w) {
  const silero::ConvolutionShape& shape = silero::kShapes[i];
  const auto out = static_cast<uint32_t>(shape.out), in = static_cast<uint32_t>(shape.in);
  const std::string name = "conv" + std::to_string(i + 1);
  SOTTO_ASSIGN(const std::vector<float> weight,
               loader.read(name + ".weight", {out, in, uint32_t{kTaps}}));
  SOTTO_ASSIGN(const std::vector<float> bias, loader.read(name + ".bias", {out}));
  pack_f32_rows(tap_by_tap(weight, shape.out, shape.in).data(), 0, shape.out, w.conv[i]);
  std::copy(bias.begin(), bias.end(), w.conv_bias[i]);
  return {};
}

// The products with the input and with the state before become one, and so do their biases.
Status load_lstm(TensorLoader& loader, const SileroWeights& w) {
  const uint32_t gates = kGates, cells = kCells;
  SOTTO_ASSIGN(const std::vector<float> input, loader.read("lstm_cell.weight_ih", {gates, cells}));
  SOTTO_ASSIGN(const std::vector<float> state, loader.read("lstm_cell.weight_hh", {gates, cells}));
  SOTTO_ASSIGN(const std::vector<float> input_bias, loader.read("lstm_cell.bias_ih", {gates}));
  SOTTO_ASSIGN(const std::vector<float> state_bias, loader.read("lstm_cell.bias_hh", {gates}));
  std::vector<float> row(2 * kCells);
  for (int n = 0; n < kGates; ++n) {
    std::copy_n(input.begin() + n * kCells, kCells, row.begin());
    std::copy_n(state.begin() + n * kCells, kCells, row.begin() + kCells);
    pack_f32_rows(row.data(), n, 1, w.lstm);
    w.lstm_bias[n] = input_bias[static_cast<size_t>(n)] + state_bias[static_cast<size_t>(n)];
  }
  return {};
}

}  // namespace

Result<SileroWeights> load_silero_weights(ByteSource& source) {
  SOTTO_ASSIGN(const SafetensorsFile file, read_safetensors(source));
  SileroWeights weights;
  ArenaLayout counted;
  lay_out(counted, weights);
  SOTTO_ASSIGN(weights.arena, Arena::reserve(counted.total_bytes()));
  ArenaLayout layout(weights.arena);
  lay_out(layout, weights);

  TensorLoader loader(source, file);
  const uint32_t rows = 2 * silero::kBins, columns = kFft_samples, cells = kCells;
  SOTTO_ASSIGN(const std::vector<float> stft, loader.read("stft_conv.weight", {rows, 1, columns}));
  pack_f32_rows(stft.data(), 0, weights.stft.n, weights.stft);
  for (int i = 0; i < kConvolutions; ++i) SOTTO_TRY(load_convolution(loader, i, weights));
  SOTTO_TRY(load_lstm(loader, weights));
  SOTTO_ASSIGN(const std::vector<float> last, loader.read("final_conv.weight", {1, cells, 1}));
  std::copy(last.begin(), last.end(), weights.final_weight);
  SOTTO_ASSIGN(const std::vector<float> bias, loader.read("final_conv.bias", {1}));
  weights.final_bias = bias[0];
  return weights;
}

}  // namespace sotto
