// Models in CTranslate2's format.
#include <doctest/doctest.h>

#include <algorithm>

#include "unit/io/fixture_bytes.h"
#include "unit/io/model_fixtures.h"

namespace sotto::test {
namespace {

// A variable as CTranslate2 names it: openai-whisper's tensors stacked by rows.
struct Ct2Variable {
  std::string name;
  std::vector<std::string> parts;
};

void add_ct2(std::vector<Ct2Variable>& out, const std::string& name,
             const std::vector<std::string>& parts) {
  for (const bool bias : {false, true}) {
    const bool norm = name.ends_with("layer_norm");
    Ct2Variable variable{name + (bias ? (norm ? "/beta" : "/bias") : (norm ? "/gamma" : "/weight")),
                         {}};
    for (const std::string& part : parts) {
      variable.parts.push_back(part + (bias ? ".bias" : ".weight"));
    }
    out.push_back(variable);
  }
}

void add_ct2_blocks(std::vector<Ct2Variable>& out, const std::string& side, int layers,
                    bool cross) {
  for (int i = 0; i < layers; ++i) {
    const std::string from = side + ".blocks." + std::to_string(i) + ".";
    const std::string to = side + "/layer_" + std::to_string(i) + "/";
    add_ct2(out, to + "self_attention/layer_norm", {from + "attn_ln"});
    add_ct2(out, to + "self_attention/linear_0",
            {from + "attn.query", from + "attn.key", from + "attn.value"});
    add_ct2(out, to + "self_attention/linear_1", {from + "attn.out"});
    if (cross) {
      add_ct2(out, to + "attention/layer_norm", {from + "cross_attn_ln"});
      add_ct2(out, to + "attention/linear_0", {from + "cross_attn.query"});
      add_ct2(out, to + "attention/linear_1", {from + "cross_attn.key", from + "cross_attn.value"});
      add_ct2(out, to + "attention/linear_2", {from + "cross_attn.out"});
    }
    add_ct2(out, to + "ffn/layer_norm", {from + "mlp_ln"});
    add_ct2(out, to + "ffn/linear_0", {from + "mlp.0"});
    add_ct2(out, to + "ffn/linear_1", {from + "mlp.2"});
  }
}

std::vector<Ct2Variable> ct2_variables(const Hyperparameters& hp) {
  std::vector<Ct2Variable> out;
  add_ct2(out, "encoder/conv1", {"encoder.conv1"});
  add_ct2(out, "encoder/conv2", {"encoder.conv2"});
  add_ct2_blocks(out, "encoder", hp.n_audio_layer, false);
  add_ct2(out, "encoder/layer_norm", {"encoder.ln_post"});
  out.push_back({"encoder/position_encodings/encodings", {"encoder.positional_embedding"}});
  out.push_back({"decoder/embeddings/weight", {"decoder.token_embedding.weight"}});
  add_ct2_blocks(out, "decoder", hp.n_text_layer, true);
  add_ct2(out, "decoder/layer_norm", {"decoder.ln"});
  out.push_back({"decoder/position_encodings/encodings", {"decoder.positional_embedding"}});
  return out;
}

uint8_t ct2_type(DType dtype) {
  switch (dtype) {
    case DType::kI8: return 1;
    case DType::kI16: return 2;
    case DType::kI32: return 3;
    case DType::kF16: return 4;
    case DType::kBF16: return 5;
    default: return 0;
  }
}

void ct2_string(FixtureBytes& out, const std::string& text) {
  out.number(static_cast<uint16_t>(text.size() + 1));
  out.raw(text);
  out.number(uint8_t{0});
}

void ct2_variable(FixtureBytes& out, const std::string& name, const std::vector<uint32_t>& dims,
                  DType dtype, const std::vector<uint8_t>& data) {
  ct2_string(out, name);
  out.number(static_cast<uint8_t>(dims.size()));
  for (const uint32_t dim : dims) out.number(dim);
  out.number(ct2_type(dtype));
  out.number(static_cast<uint32_t>(data.size()));
  out.raw(data);
}

// The stacked weights of a variable; the bias of keys, which openai-whisper lacks, is zero.
std::vector<float> stack_parts(const ModelRecipe& recipe, const std::vector<FixtureTensor>& all,
                               const Ct2Variable& variable, std::vector<uint32_t>& dims) {
  std::vector<float> stacked;
  for (const std::string& part : variable.parts) {
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const FixtureTensor& t) { return t.name == part; });
    if (found == all.end()) {
      REQUIRE(part.ends_with(".key.bias"));
      stacked.resize(stacked.size() + static_cast<size_t>(recipe.hp.n_audio_state));
      continue;
    }
    dims = found->dims;
    const std::vector<float> weights = fixture_weights(recipe, *found);
    stacked.insert(stacked.end(), weights.begin(), weights.end());
  }
  if (dims.empty()) dims = {0};
  dims[0] *= static_cast<uint32_t>(variable.parts.size());
  return stacked;
}

}  // namespace

std::vector<uint8_t> make_ct2(const ModelRecipe& recipe) {
  const std::vector<FixtureTensor> all = fixture_tensors(recipe.hp);
  FixtureBytes body;
  uint32_t count = 0;
  for (const std::string side : {"encoder", "decoder"}) {
    const int heads = side == "encoder" ? recipe.hp.n_audio_head : recipe.hp.n_text_head;
    ct2_variable(body, side + "/num_heads", {}, DType::kI16,
                 {static_cast<uint8_t>(heads), static_cast<uint8_t>(heads >> 8)});
    ct2_variable(body, side + "/pre_norm", {}, DType::kI8, {1});
    count += 2;
  }
  for (const Ct2Variable& variable : ct2_variables(recipe.hp)) {
    std::vector<uint32_t> dims;
    const std::vector<float> weights = stack_parts(recipe, all, variable, dims);
    const bool linear = dims.size() == 2 && variable.name.ends_with("/weight");
    const DType dtype = linear ? recipe.linear : recipe.other;
    std::vector<float> scales;
    ct2_variable(body, variable.name, dims, dtype,
                 encode_weights(weights, dims[0], dtype, &scales));
    ++count;
    if (scales.empty()) continue;
    std::vector<uint32_t> scale_dims;
    if (dtype == DType::kI8) scale_dims = {dims[0]};
    ct2_variable(body, variable.name + "_scale", scale_dims, DType::kF32,
                 encode_weights(scales, 1, DType::kF32));
    ++count;
  }
  FixtureBytes out;
  out.number(uint32_t{6});
  ct2_string(out, "WhisperSpec");
  out.number(uint32_t{3});
  out.number(count);
  out.raw(body.data);
  out.number(uint32_t{1});
  ct2_string(out, "decoder/projection/weight");
  ct2_string(out, "decoder/embeddings/weight");
  return out.data;
}

}  // namespace sotto::test
