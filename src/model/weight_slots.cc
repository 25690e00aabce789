#include "model/weight_slots.h"

#include <initializer_list>
#include <unordered_map>
#include <utility>

namespace sotto {

namespace {

// Walks over the model twice: first to add up sizes, then to take memory and list the slots.
class Layout {
 public:
  // Without int8 nothing is kept packed either.
  Layout(bool q8, const ModelFile& file, KeepPacked keep, ArenaLayout& memory)
      : q8_(q8), keep_(q8 ? keep : KeepPacked::kNone), file_(file), memory_(memory) {}

  std::vector<WeightSlot> slots() { return std::move(slots_); }

  float* vector(const std::string& name, int rows, int cols = 1) {
    float* place = memory_.take<float>(static_cast<size_t>(rows) * cols);
    slots_.push_back({name, WeightSlot::Kind::kVector, rows, cols, place});
    return place;
  }

  LayerNormWeights norm(const std::string& name, int n) {
    return {vector(name + ".weight", n), vector(name + ".bias", n)};
  }

  // Whether layers that follow may stay packed.
  void set_few_rows(bool few_rows) { few_rows_ = few_rows; }

  // Memory of a linear layer that the tensors called `parts` will fill.
  void shape(Linear& linear, int n, int k, bool has_bias,
             std::initializer_list<std::string> parts) {
    linear = {};
    linear.n = n;
    linear.k = k;
    const DType packed = packed_type(parts, k);
    if (packed != DType::kQ8Tiles) {
      linear.packed = {packed, n, k, memory_.take<uint8_t>(k_tiles_bytes(packed, n, k)), nullptr};
      if (packed == DType::kQ8_0) linear.packed.row_sum = memory_.take<float>(padded_n(n));
    } else if (q8_) {
      linear.q8 = q8_tiles(n, k);
    } else {
      linear.f32 = {n, k, memory_.take<float>(f32_tiles_count(n, k))};
    }
    if (has_bias) linear.bias = memory_.take<float>(n);
  }

  // Names the tensor (and its bias) that fills rows [first_row, first_row + rows).
  void fill(Linear& linear, const std::string& name, int first_row, int rows, bool has_bias) {
    WeightSlot slot{name + ".weight", WeightSlot::Kind::kLinear, rows, linear.k};
    slot.linear = &linear;
    slot.first_row = first_row;
    slots_.push_back(slot);
    if (!has_bias) return;
    float* bias = linear.bias == nullptr ? nullptr : linear.bias + first_row;
    slots_.push_back({name + ".bias", WeightSlot::Kind::kVector, rows, 1, bias});
  }

  void linear(Linear& linear, const std::string& name, int n, int k) {
    shape(linear, n, k, true, {name});
    fill(linear, name, 0, n, true);
  }

  void conv(Convolution& convolution, const std::string& name, int n, int inputs) {
    const int k = inputs * kConvTaps;
    convolution = {};
    if (q8_) {
      for (Q8Tiles& tap : convolution.taps) tap = q8_tiles(n, inputs);
    } else {
      convolution.f32 = {n, k, memory_.take<float>(f32_tiles_count(n, k))};
    }
    WeightSlot slot{name + ".weight", WeightSlot::Kind::kConv, n, k};
    slot.convolution = &convolution;
    slots_.push_back(slot);
    convolution.bias = vector(name + ".bias", n);
  }

 private:
  Q8Tiles q8_tiles(int n, int k) {
    const size_t padded = padded_n(n);
    return {n, k, memory_.take<float>(padded), memory_.take<int32_t>(padded),
            memory_.take<int8_t>(padded * padded_k(k))};
  }

  // The type in which the file's rows are kept, kQ8Tiles where they are not.
  DType packed_type(std::initializer_list<std::string> parts, int k) const {
    if (!few_rows_) return DType::kQ8Tiles;
    DType common = DType::kQ8Tiles;
    for (const std::string& part : parts) {
      const TensorEntry* entry = file_.find(part + ".weight");
      if (entry == nullptr || !is_kept(keep_, entry->dtype) || !has_k_tiles(entry->dtype, k)) {
        return DType::kQ8Tiles;
      }
      if (common != DType::kQ8Tiles && common != entry->dtype) return DType::kQ8Tiles;
      common = entry->dtype;
    }
    return common;
  }

  bool q8_;
  bool few_rows_ = false;
  KeepPacked keep_;
  const ModelFile& file_;
  ArenaLayout& memory_;
  std::vector<WeightSlot> slots_;
};

void lay_out_attention(Layout& layout, const std::string& name, int n, SelfAttentionWeights& w) {
  w.norm = layout.norm(name + "attn_ln", n);
  layout.shape(w.query_key_value, 3 * n, n, true,
               {name + "attn.query", name + "attn.key", name + "attn.value"});
  layout.fill(w.query_key_value, name + "attn.query", 0, n, true);
  layout.fill(w.query_key_value, name + "attn.key", n, n, false);
  layout.fill(w.query_key_value, name + "attn.value", 2 * n, n, true);
  layout.linear(w.out, name + "attn.out", n, n);
}

void lay_out_cross(Layout& layout, const std::string& name, int n, int n_audio,
                   CrossAttentionWeights& w) {
  w.norm = layout.norm(name + "cross_attn_ln", n);
  layout.linear(w.query, name + "cross_attn.query", n, n);
  // All of the encoder's positions pass through this one.
  layout.set_few_rows(false);
  layout.shape(w.key_value, 2 * n, n_audio, true,
               {name + "cross_attn.key", name + "cross_attn.value"});
  layout.set_few_rows(true);
  layout.fill(w.key_value, name + "cross_attn.key", 0, n, false);
  layout.fill(w.key_value, name + "cross_attn.value", n, n, true);
  layout.linear(w.out, name + "cross_attn.out", n, n);
}

void lay_out_mlp(Layout& layout, const std::string& name, int n, MlpWeights& w) {
  w.norm = layout.norm(name + "mlp_ln", n);
  layout.linear(w.up, name + "mlp.0", 4 * n, n);
  layout.linear(w.down, name + "mlp.2", n, 4 * n);
}

void lay_out_encoder(Layout& layout, const Hyperparameters& hp, EncoderWeights& w) {
  const int n = hp.n_audio_state;
  layout.conv(w.conv1, "encoder.conv1", n, hp.n_mels);
  layout.conv(w.conv2, "encoder.conv2", n, n);
  w.positions = layout.vector("encoder.positional_embedding", hp.n_audio_ctx, n);
  w.layers.resize(hp.n_audio_layer);
  for (int i = 0; i < hp.n_audio_layer; ++i) {
    const std::string name = "encoder.blocks." + std::to_string(i) + ".";
    lay_out_attention(layout, name, n, w.layers[i].attention);
    lay_out_mlp(layout, name, n, w.layers[i].mlp);
  }
  w.final_norm = layout.norm("encoder.ln_post", n);
}

void lay_out_decoder(Layout& layout, const Hyperparameters& hp, DecoderWeights& w) {
  const int n = hp.n_text_state;
  layout.set_few_rows(true);
  layout.shape(w.tokens, hp.n_vocab, n, false, {"decoder.token_embedding"});
  layout.fill(w.tokens, "decoder.token_embedding", 0, hp.n_vocab, false);
  w.positions = layout.vector("decoder.positional_embedding", hp.n_text_ctx, n);
  w.layers.resize(hp.n_text_layer);
  for (int i = 0; i < hp.n_text_layer; ++i) {
    const std::string name = "decoder.blocks." + std::to_string(i) + ".";
    lay_out_attention(layout, name, n, w.layers[i].attention);
    lay_out_cross(layout, name, n, hp.n_audio_state, w.layers[i].cross);
    lay_out_mlp(layout, name, n, w.layers[i].mlp);
  }
  w.final_norm = layout.norm("decoder.ln", n);
}

Status check_shape(const TensorEntry& entry, const WeightSlot& slot) {
  const uint64_t wanted = uint64_t(slot.rows) * uint64_t(slot.cols);
  // Vectors may be stored with extra dimensions of one (ggml's convolution biases).
  const bool fits =
      slot.kind == WeightSlot::Kind::kVector
          ? entry.rows() * entry.cols() == wanted
          : entry.rows() == uint64_t(slot.rows) && entry.cols() == uint64_t(slot.cols);
  if (fits) return {};
  return mismatch(Code::kBadFormat, entry.name + ": shape",
                  std::to_string(slot.rows) + " x " + std::to_string(slot.cols),
                  std::to_string(entry.rows()) + " x " + std::to_string(entry.cols()));
}

// Each slot must have its tensor, once and of its shape.
Status check_tensors(std::vector<WeightSlot> slots, const ModelFile& file) {
  std::unordered_map<std::string, WeightSlot*> by_name;
  for (WeightSlot& slot : slots) by_name[slot.name] = &slot;
  for (const TensorEntry& entry : file.tensors) {
    const auto found = by_name.find(entry.name);
    if (found == by_name.end()) continue;
    WeightSlot& slot = *found->second;
    if (slot.filled) return Status(Code::kBadFormat, entry.name + ": given twice");
    slot.filled = true;
    SOTTO_TRY(check_shape(entry, slot));
  }
  for (const WeightSlot& slot : slots) {
    if (!slot.filled) return mismatch(Code::kBadFormat, slot.name, "a tensor", "none");
  }
  return {};
}

}  // namespace

Result<std::vector<WeightSlot>> lay_out_weights(Weights& weights, const ModelFile& file,
                                                KeepPacked keep) {
  ArenaLayout sizes;
  Layout counted(weights.is_q8, file, keep, sizes);
  lay_out_encoder(counted, weights.hp, weights.encoder);
  lay_out_decoder(counted, weights.hp, weights.decoder);
  // What the header claims takes no memory before the tensors are seen to be there.
  SOTTO_TRY(check_tensors(counted.slots(), file));
  SOTTO_ASSIGN(weights.arena, Arena::reserve(sizes.total_bytes()));

  ArenaLayout memory(weights.arena);
  Layout places(weights.is_q8, file, keep, memory);
  lay_out_encoder(places, weights.hp, weights.encoder);
  lay_out_decoder(places, weights.hp, weights.decoder);
  return places.slots();
}

}  // namespace sotto
