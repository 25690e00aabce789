#include "model/weights.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "kernels/conv1d.h"
#include "model/weight_slots.h"
#include "quant/pack.h"
#include "quant/split_quads.h"

namespace sotto {

namespace {

// Rows of a linear layer that are held as f32 while they are packed: whole tiles.
constexpr int kRowsAtOnce = 64;

Status load_vector(ByteSource& source, const TensorEntry& entry, const WeightSlot& slot) {
  return read_tensor_f32(source, entry, static_cast<int>(entry.rows()),
                         [&](const float* values, int first, int count) {
                           std::copy_n(values, static_cast<size_t>(count) * entry.cols(),
                                       slot.vector + static_cast<size_t>(first) * entry.cols());
                         });
}

Status load_linear(ByteSource& source, const TensorEntry& entry, const WeightSlot& slot) {
  Linear& linear = *slot.linear;
  if (linear.is_packed()) {
    return read_tensor_rows(source, entry, kRowsAtOnce,
                            [&](const uint8_t* rows, int first, int count) {
                              pack_k_rows(rows, slot.first_row + first, count, linear.packed);
                            });
  }
  if (entry.dtype == DType::kQ8Tiles && linear.is_q8()) {
    return load_q8_tiles(source, entry, linear.q8, slot.first_row);
  }
  return read_tensor_f32(source, entry, kRowsAtOnce, [&](const float* rows, int first, int count) {
    if (linear.is_q8()) {
      pack_q8_rows(rows, slot.first_row + first, count, linear.q8);
    } else {
      pack_f32_rows(rows, slot.first_row + first, count, linear.f32);
    }
  });
}

// Files hold [n, inputs, 3]; the kernels read [n, 3, inputs].
Status load_conv(ByteSource& source, const TensorEntry& entry, const WeightSlot& slot) {
  const Convolution& convolution = *slot.convolution;
  const int inputs = slot.cols / kConvTaps;
  std::vector<float> row(slot.cols);
  return read_tensor_f32(source, entry, kRowsAtOnce, [&](const float* rows, int first, int count) {
    for (int r = 0; r < count; ++r, rows += slot.cols) {
      for (int i = 0; i < slot.cols; ++i) {
        row[(i % kConvTaps) * inputs + i / kConvTaps] = rows[i];
      }
      if (!convolution.is_q8()) pack_f32_rows(row.data(), first + r, 1, convolution.f32);
      for (int j = 0; convolution.is_q8() && j < kConvTaps; ++j) {
        pack_q8_rows(row.data() + j * inputs, first + r, 1, convolution.taps[j]);
      }
    }
  });
}

Status load_slot(ByteSource& source, const TensorEntry& entry, const WeightSlot& slot) {
  switch (slot.kind) {
    case WeightSlot::Kind::kVector: return load_vector(source, entry, slot);
    case WeightSlot::Kind::kLinear: return load_linear(source, entry, slot);
    case WeightSlot::Kind::kConv: return load_conv(source, entry, slot);
  }
  return {};
}

// Calls visit(tiles) for the int8 layers that take 8-bit activations, of many rows at a time: the
// encoder's, and the projection of its output.
template <class Visit>
void for_wide_layers(Weights& weights, Visit&& visit) {
  for (Convolution* convolution : {&weights.encoder.conv1, &weights.encoder.conv2}) {
    for (Q8Tiles& tap : convolution->taps) visit(tap);
  }
  for (EncoderLayerWeights& layer : weights.encoder.layers) {
    visit(layer.attention.query_key_value.q8);
    visit(layer.attention.out.q8);
    visit(layer.mlp.up.q8);
    visit(layer.mlp.down.q8);
  }
  for (DecoderLayerWeights& layer : weights.decoder.layers) visit(layer.cross.key_value.q8);
}

// Where pairs of products saturate, 8 bits need weights that are light enough.
Status split_weights(Weights& weights) {
  if (!weights.is_q8 || !needs_split_quads()) return {};
  std::vector<size_t> counts;
  for_wide_layers(weights, [&](const Q8Tiles& w) { counts.push_back(count_heavy_quads(w)); });
  const auto take = [&](ArenaLayout& layout) {
    size_t i = 0;
    for_wide_layers(weights, [&](Q8Tiles& w) { take_split_quads(w, counts[i++], layout); });
  };
  ArenaLayout sizes;
  take(sizes);
  SOTTO_ASSIGN(weights.split_arena, Arena::reserve(sizes.total_bytes()));
  ArenaLayout memory(weights.split_arena);
  take(memory);
  for_wide_layers(weights, [](Q8Tiles& w) { split_quads(w); });
  return {};
}

}  // namespace

Result<Weights> load_weights(ByteSource& source, const ModelFile& file,
                             const WeightOptions& options) {
  SOTTO_TRY(validate(file.header.hp));
  Weights weights;
  weights.hp = file.header.hp;
  weights.is_q8 = options.q8;
  SOTTO_ASSIGN(std::vector<WeightSlot> slots, lay_out_weights(weights, file, options.keep_packed));
  std::unordered_map<std::string, WeightSlot*> by_name;
  for (WeightSlot& slot : slots) by_name[slot.name] = &slot;

  for (size_t i = 0; i < file.tensors.size(); ++i) {
    const TensorEntry& entry = file.tensors[i];
    const auto found = by_name.find(entry.name);
    // Files may hold more than the model needs.
    if (found != by_name.end()) SOTTO_TRY(load_slot(source, entry, *found->second));
    const uint64_t end_bytes = entry.offset_bytes + entry.size_bytes;
    // Equal tensors may share their bytes (CTranslate2), next to each other in this order.
    const bool last_use =
        i + 1 == file.tensors.size() || file.tensors[i + 1].offset_bytes >= end_bytes;
    if (last_use) source.release(entry.offset_bytes, entry.size_bytes);
    const double fraction = static_cast<double>(end_bytes) / source.size_bytes();
    if (options.on_progress && !options.on_progress(fraction)) {
      return Status(Code::kCancelled, "loading was cancelled");
    }
  }
  SOTTO_TRY(split_weights(weights));
  return weights;
}

}  // namespace sotto
