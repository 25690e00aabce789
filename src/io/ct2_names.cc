#include "io/ct2_names.h"

#include <optional>

namespace sotto {
namespace {

struct Rename {
  std::string_view from;
  std::string_view to;
};

constexpr Rename kModelNames[] = {
    {"encoder/conv1/", "encoder.conv1."},
    {"encoder/conv2/", "encoder.conv2."},
    {"encoder/layer_norm/", "encoder.ln_post."},
    {"encoder/position_encodings/", "encoder.positional_embedding"},
    {"decoder/embeddings/", "decoder.token_embedding."},
    {"decoder/layer_norm/", "decoder.ln."},
    {"decoder/position_encodings/", "decoder.positional_embedding"},
};

// Within a layer; what is stacked names its parts one after another.
struct LayerRename {
  std::string_view from;
  std::string_view to[3];
};

constexpr LayerRename kLayerNames[] = {
    {"self_attention/layer_norm/", {"attn_ln."}},
    {"self_attention/linear_0/", {"attn.query.", "attn.key.", "attn.value."}},
    {"self_attention/linear_1/", {"attn.out."}},
    {"attention/layer_norm/", {"cross_attn_ln."}},
    {"attention/linear_0/", {"cross_attn.query."}},
    {"attention/linear_1/", {"cross_attn.key.", "cross_attn.value."}},
    {"attention/linear_2/", {"cross_attn.out."}},
    {"ffn/layer_norm/", {"mlp_ln."}},
    {"ffn/linear_0/", {"mlp.0."}},
    {"ffn/linear_1/", {"mlp.2."}},
};

// The last part of a name; layer norms call weight and bias gamma and beta.
std::optional<std::string_view> map_leaf(std::string_view leaf) {
  if (leaf == "weight" || leaf == "gamma") return "weight";
  if (leaf == "bias" || leaf == "beta") return "bias";
  if (leaf == "encodings") return "";
  return std::nullopt;
}

// Openai-whisper's keys have no bias, and CTranslate2's is zero.
bool is_key_bias(std::string_view name) { return name.ends_with(".key.bias"); }

// "layer_12/" at the front of `rest` -> "12", and `rest` goes on after it.
std::optional<std::string_view> take_layer(std::string_view& rest) {
  constexpr std::string_view kPrefix = "layer_";
  if (!rest.starts_with(kPrefix)) return std::nullopt;
  const size_t slash = rest.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view number = rest.substr(kPrefix.size(), slash - kPrefix.size());
  if (number.empty() || number.find_first_not_of("0123456789") != std::string_view::npos) {
    return std::nullopt;  // "layer_norm/"
  }
  rest.remove_prefix(slash + 1);
  return number;
}

Ct2Mapping map_layer_name(const std::string& block, std::string_view rest) {
  Ct2Mapping mapping;
  for (const LayerRename& rename : kLayerNames) {
    if (!rest.starts_with(rename.from)) continue;
    const auto leaf = map_leaf(rest.substr(rename.from.size()));
    if (!leaf) return mapping;
    for (const std::string_view to : rename.to) {
      if (to.empty()) break;
      std::string name = block;
      name.append(to).append(*leaf);
      mapping.parts.push_back(is_key_bias(name) ? std::string() : std::move(name));
    }
    return mapping;
  }
  return mapping;
}

}  // namespace

Ct2Mapping map_ct2_name(std::string_view name) {
  for (const std::string_view side : {"encoder", "decoder"}) {
    if (!name.starts_with(side) || name.size() <= side.size() || name[side.size()] != '/') continue;
    std::string_view rest = name.substr(side.size() + 1);
    if (const auto layer = take_layer(rest)) {
      std::string block(side);
      block.append(".blocks.").append(*layer).append(".");
      return map_layer_name(block, rest);
    }
  }
  Ct2Mapping mapping;
  for (const Rename& rename : kModelNames) {
    if (!name.starts_with(rename.from)) continue;
    if (const auto leaf = map_leaf(name.substr(rename.from.size()))) {
      mapping.parts.push_back(std::string(rename.to).append(*leaf));
    }
    return mapping;
  }
  return mapping;
}

}  // namespace sotto
