#include "model/weights.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "kernels/conv1d.h"
#include "model/weight_slots.h"
#include "quant/pack.h"

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
  return weights;
}

}  // namespace sotto
