// The names of Hugging Face's Whisper tensors and openai-whisper's names for the same.
#pragma once

#include <string>
#include <string_view>

namespace sotto {

// "model.encoder.layers.0.fc1.weight" -> "encoder.blocks.0.mlp.0.weight"; the first word may be
// missing. Empty: none of the model's tensors. The output matrix, proj_out, is the embedding of the
// tokens under another name.
std::string map_hf_name(std::string_view name);

}  // namespace sotto
