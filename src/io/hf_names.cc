#include "io/hf_names.h"

#include <utility>

namespace sotto {
namespace {

struct Rename {
  std::string_view from;
  std::string_view to;
};

// Names end in weight or bias, but for the positions, which openai-whisper calls by their own.
constexpr Rename kModelNames[] = {
    {"encoder.conv1.", "encoder.conv1."},
    {"encoder.conv2.", "encoder.conv2."},
    {"encoder.layer_norm.", "encoder.ln_post."},
    {"decoder.embed_tokens.", "decoder.token_embedding."},
    {"decoder.layer_norm.", "decoder.ln."},
    {"proj_out.", "decoder.token_embedding."},
};
constexpr Rename kPositions[] = {
    {"encoder.embed_positions.weight", "encoder.positional_embedding"},
    {"decoder.embed_positions.weight", "decoder.positional_embedding"},
};
constexpr Rename kLayerNames[] = {
    {"self_attn_layer_norm.", "attn_ln."},
    {"self_attn.q_proj.", "attn.query."},
    {"self_attn.k_proj.", "attn.key."},
    {"self_attn.v_proj.", "attn.value."},
    {"self_attn.out_proj.", "attn.out."},
    {"encoder_attn_layer_norm.", "cross_attn_ln."},
    {"encoder_attn.q_proj.", "cross_attn.query."},
    {"encoder_attn.k_proj.", "cross_attn.key."},
    {"encoder_attn.v_proj.", "cross_attn.value."},
    {"encoder_attn.out_proj.", "cross_attn.out."},
    {"final_layer_norm.", "mlp_ln."},
    {"fc1.", "mlp.0."},
    {"fc2.", "mlp.2."},
};

// `before` and the name in other words, where a row of the table begins it and weight or bias ends
// it.
template <size_t count>
std::string renamed(std::string before, std::string_view name, const Rename (&table)[count]) {
  for (const Rename& rename : table) {
    if (!name.starts_with(rename.from)) continue;
    const std::string_view leaf = name.substr(rename.from.size());
    if (leaf != "weight" && leaf != "bias") return {};
    return before.append(rename.to).append(leaf);
  }
  return {};
}

}  // namespace

std::string map_hf_name(std::string_view name) {
  constexpr std::string_view kPrefix = "model.";
  if (name.starts_with(kPrefix)) name.remove_prefix(kPrefix.size());
  for (const Rename& rename : kPositions) {
    if (name == rename.from) return std::string(rename.to);
  }
  for (const std::string_view side : {"encoder", "decoder"}) {
    const std::string layers = std::string(side) + ".layers.";
    if (!name.starts_with(layers)) continue;
    const std::string_view rest = name.substr(layers.size());
    const size_t dot = rest.find('.');
    const std::string_view number = rest.substr(0, dot);
    const bool is_number =
        !number.empty() && number.find_first_not_of("0123456789") == std::string_view::npos;
    if (dot == std::string_view::npos || !is_number) return {};
    std::string block(side);
    block.append(".blocks.").append(number).append(".");
    return renamed(std::move(block), rest.substr(dot + 1), kLayerNames);
  }
  return renamed({}, name, kModelNames);
}

}  // namespace sotto
