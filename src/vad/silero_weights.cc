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

using silero::kBins;
using silero::kCells;
using silero::kConvolutions;
using silero::kFft_samples;
using silero::kFolded_samples;
using silero::kFoldedBins;
using silero::kTaps;

constexpr int kGates = 4 * kCells;

enum class Kind { kTransform, kConvolution, kMatrix, kVector };

// A tensor of the file. Matrices have as many rows as its first dimension says.
struct Slot {
  const char* name;
  int rank;
  int shape[3];
  Kind kind;
  int index;  // SileroMatrix or SileroVector; of a convolution, which

  int count() const { return shape[0] * std::max(shape[1], 1) * std::max(shape[2], 1); }
};

constexpr Slot conv_weight(const char* name, int i) {
  const silero::ConvolutionShape& shape = silero::kShapes[i];
  return {name, 3, {shape.out, shape.in, kTaps}, Kind::kConvolution, i};
}
constexpr Slot conv_bias(const char* name, int i) {
  return {name, 1, {silero::kShapes[i].out}, Kind::kVector, kSileroConvBias + i};
}

static_assert(kConvolutions == 4);
constexpr Slot kSlots[] = {
    {"stft_conv.weight", 3, {2 * kBins, 1, kFft_samples}, Kind::kTransform, 0},
    conv_weight("conv1.weight", 0),
    conv_bias("conv1.bias", 0),
    conv_weight("conv2.weight", 1),
    conv_bias("conv2.bias", 1),
    conv_weight("conv3.weight", 2),
    conv_bias("conv3.bias", 2),
    conv_weight("conv4.weight", 3),
    conv_bias("conv4.bias", 3),
    {"lstm_cell.weight_ih", 2, {kGates, kCells}, Kind::kMatrix, kSileroLstmInput},
    {"lstm_cell.weight_hh", 2, {kGates, kCells}, Kind::kMatrix, kSileroLstmState},
    {"lstm_cell.bias_ih", 1, {kGates}, Kind::kVector, kSileroLstmInputBias},
    {"lstm_cell.bias_hh", 1, {kGates}, Kind::kVector, kSileroLstmStateBias},
    {"final_conv.weight", 3, {1, kCells, 1}, Kind::kVector, kSileroFinalWeight},
    {"final_conv.bias", 1, {1}, Kind::kVector, kSileroFinalBias},
};

// The same code counts and hands out (ArenaLayout).
void lay_out(ArenaLayout& layout, SileroWeights& weights) {
  const auto matrix = [&](int n, int k) {
    return F32Tiles{n, k, layout.take<float>(f32_tiles_count(n, k))};
  };
  for (const Slot& slot : kSlots) {
    switch (slot.kind) {
      case Kind::kTransform:
        for (F32Tiles& part : weights.stft) part = matrix(kFoldedBins, kFolded_samples);
        break;
      case Kind::kConvolution: {
        const silero::ConvolutionShape& shape = silero::kShapes[slot.index];
        weights.matrix[kSileroConv + slot.index] = matrix(shape.out, kTaps * shape.in);
        break;
      }
      case Kind::kMatrix: weights.matrix[slot.index] = matrix(slot.shape[0], slot.shape[1]); break;
      case Kind::kVector:
        weights.vector[slot.index] = layout.take<float>(static_cast<size_t>(slot.count()));
        break;
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
std::vector<float> order_taps(const std::vector<float>& values,
                              const silero::ConvolutionShape& shape) {
  std::vector<float> ordered;
  ordered.reserve(values.size());
  for (int row = 0; row < shape.out; ++row) {
    const float* from = &values[static_cast<size_t>(row) * shape.in * kTaps];
    for (int tap = 0; tap < kTaps; ++tap) {
      for (int i = 0; i < shape.in; ++i) ordered.push_back(from[i * kTaps + tap]);
    }
  }
  return ordered;
}

Status pack_transform(const Slot& slot, const std::vector<float>& values, SileroWeights& weights) {
  if (!silero::can_fold(values)) {
    return mismatch(Code::kBadFormat, slot.name, "a window times cosines and sines",
                    "another transform");
  }
  std::vector<float> rows(static_cast<size_t>(kFoldedBins) * kFolded_samples);
  for (int part = 0; part < silero::kFoldedParts; ++part) {
    silero::fold_weights(values, part, rows.data());
    pack_f32_rows(rows.data(), 0, kFoldedBins, weights.stft[part]);
  }
  return {};
}

Status pack(const Slot& slot, const std::vector<float>& values, SileroWeights& weights) {
  switch (slot.kind) {
    case Kind::kTransform: return pack_transform(slot, values, weights);
    case Kind::kConvolution: {
      const silero::ConvolutionShape& shape = silero::kShapes[slot.index];
      pack_f32_rows(order_taps(values, shape).data(), 0, shape.out,
                    weights.matrix[kSileroConv + slot.index]);
      break;
    }
    case Kind::kMatrix:
      pack_f32_rows(values.data(), 0, slot.shape[0], weights.matrix[slot.index]);
      break;
    case Kind::kVector: std::ranges::copy(values, weights.vector[slot.index]); break;
  }
  return {};
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
    SOTTO_TRY(pack(slot, values, weights));
  }
  return {};
}

}  // namespace sotto
