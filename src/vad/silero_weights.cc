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
using silero::kTaps;

constexpr int kGates = 4 * kCells;

// A tensor of the file: a matrix (of as many rows as its first dimension says) or a vector.
struct Slot {
  const char* name;
  int rank;
  int shape[3];
  bool is_matrix;
  int index;  // SileroMatrix or SileroVector

  int count() const { return shape[0] * std::max(shape[1], 1) * std::max(shape[2], 1); }
};

constexpr Slot conv_weight(const char* name, int i) {
  const silero::ConvolutionShape& shape = silero::kShapes[i];
  return {name, 3, {shape.out, shape.in, kTaps}, true, kSileroConv + i};
}
constexpr Slot conv_bias(const char* name, int i) {
  return {name, 1, {silero::kShapes[i].out}, false, kSileroConvBias + i};
}

static_assert(kConvolutions == 4);
constexpr Slot kSlots[] = {
    {"stft_conv.weight", 3, {2 * silero::kBins, 1, silero::kFft_samples}, true, kSileroStft},
    conv_weight("conv1.weight", 0),
    conv_bias("conv1.bias", 0),
    conv_weight("conv2.weight", 1),
    conv_bias("conv2.bias", 1),
    conv_weight("conv3.weight", 2),
    conv_bias("conv3.bias", 2),
    conv_weight("conv4.weight", 3),
    conv_bias("conv4.bias", 3),
    {"lstm_cell.weight_ih", 2, {kGates, kCells}, true, kSileroLstmInput},
    {"lstm_cell.weight_hh", 2, {kGates, kCells}, true, kSileroLstmState},
    {"lstm_cell.bias_ih", 1, {kGates}, false, kSileroLstmInputBias},
    {"lstm_cell.bias_hh", 1, {kGates}, false, kSileroLstmStateBias},
    {"final_conv.weight", 3, {1, kCells, 1}, false, kSileroFinalWeight},
    {"final_conv.bias", 1, {1}, false, kSileroFinalBias},
};

// The same code counts and hands out (ArenaLayout).
void lay_out(ArenaLayout& layout, SileroWeights& weights) {
  for (const Slot& slot : kSlots) {
    if (slot.is_matrix) {
      const int n = slot.shape[0], k = slot.count() / n;
      weights.matrix[slot.index] = {n, k, layout.take<float>(f32_tiles_count(n, k))};
    } else {
      weights.vector[slot.index] = layout.take<float>(static_cast<size_t>(slot.count()));
    }
  }
}

std::string shape_text(const int* dims, int rank) {
  std::string text = "[";
  for (int i = 0; i < rank; ++i) text += (i > 0 ? ", " : "") + std::to_string(dims[i]);
  return text + "]";
}

// All values of a tensor, in the order of the file.
Status read_values(ByteSource& source, const SafetensorsFile& file, const Slot& slot,
                   std::vector<float>& values) {
  const std::string name = slot.name;
  const TensorEntry* entry = file.find(name);
  if (entry == nullptr) return mismatch(Code::kBadFormat, "weights of Silero VAD", name, "none");
  int dims[4];
  std::copy(entry->dims.begin(), entry->dims.end(), dims);
  if (entry->rank != slot.rank || !std::equal(dims, dims + slot.rank, slot.shape)) {
    return mismatch(Code::kBadFormat, name + ": shape", shape_text(slot.shape, slot.rank),
                    shape_text(dims, entry->rank));
  }
  values.resize(static_cast<size_t>(slot.count()));
  const auto cols = static_cast<size_t>(entry->cols());
  SOTTO_TRY(read_tensor_f32(source, *entry, dims[0], [&](const float* rows, int first, int count) {
    std::copy_n(rows, static_cast<size_t>(count) * cols,
                values.data() + static_cast<size_t>(first) * cols);
  }));
  const auto bad = std::find_if_not(values.begin(), values.end(),
                                    [](float value) { return std::isfinite(value); });
  if (bad == values.end()) return {};
  return mismatch(Code::kBadFormat, name + ": value " + std::to_string(bad - values.begin()),
                  "a finite number", std::isnan(*bad) ? "not a number" : "infinity");
}

// From [out, in, taps] to [out, taps, in], as rows of positions stand in memory.
void order_taps(std::vector<float>& weight, int in) {
  std::vector<float> row(static_cast<size_t>(in) * kTaps);
  for (auto at = weight.begin(); at != weight.end(); at += in * kTaps) {
    std::copy_n(at, row.size(), row.begin());
    for (int i = 0; i < in; ++i) {
      for (int tap = 0; tap < kTaps; ++tap)
        at[tap * in + i] = row[static_cast<size_t>(i * kTaps + tap)];
    }
  }
}

}  // namespace

Status load_silero_weights(ByteSource& source, SileroWeights& weights) {
  SOTTO_ASSIGN(const SafetensorsFile file, read_safetensors(source));
  ArenaLayout counted;
  lay_out(counted, weights);
  SOTTO_ASSIGN(weights.arena, Arena::reserve(counted.total_bytes()));
  ArenaLayout layout(weights.arena);
  lay_out(layout, weights);
  std::vector<float> values;
  for (const Slot& slot : kSlots) {
    SOTTO_TRY(read_values(source, file, slot, values));
    if (!slot.is_matrix) {
      std::copy(values.begin(), values.end(), weights.vector[slot.index]);
      continue;
    }
    if (slot.shape[2] == kTaps) order_taps(values, slot.shape[1]);
    pack_f32_rows(values.data(), 0, slot.shape[0], weights.matrix[slot.index]);
  }
  return {};
}

}  // namespace sotto
