// Hugging Face's names for the tensors of a fixture.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace sotto::test {

// Hugging Face's name for a tensor of openai-whisper's.
inline std::string hf_name(std::string name) {
  const std::pair<const char*, const char*> words[] = {
      {"cross_attn_ln", "encoder_attn_layer_norm"},
      {".attn_ln", ".self_attn_layer_norm"},
      {"cross_attn.", "encoder_attn."},
      {".attn.", ".self_attn."},
      {"mlp_ln", "final_layer_norm"},
      {"mlp.0", "fc1"},
      {"mlp.2", "fc2"},
      {".query.", ".q_proj."},
      {".key.", ".k_proj."},
      {".value.", ".v_proj."},
      {".out.", ".out_proj."},
      {"blocks", "layers"},
      {"token_embedding", "embed_tokens"},
      {"positional_embedding", "embed_positions.weight"},
      {"ln_post", "layer_norm"},
      {"decoder.ln.", "decoder.layer_norm."}};
  for (const auto& [from, to] : words) {
    const size_t at = name.find(from);
    if (at != std::string::npos) name.replace(at, std::string_view(from).size(), to);
  }
  return "model." + name;
}

}  // namespace sotto::test
