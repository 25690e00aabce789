#include "unit/io/model_fixtures.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>

#include "text/special_tokens.h"
#include "unit/io/fixture_bytes.h"
#include "unit/support/random.h"

namespace sotto::test {
namespace {

uint64_t hash_name(const std::string& name) {
  uint64_t hash = 1469598103934665603u;  // FNV-1a
  for (const char c : name) hash = (hash ^ static_cast<uint8_t>(c)) * 1099511628211u;
  return hash;
}

void add_linear(std::vector<FixtureTensor>& out, const std::string& name, uint32_t n, uint32_t k,
                bool bias = true) {
  out.push_back({name + ".weight", {n, k}});
  if (bias) out.push_back({name + ".bias", {n}});
}

void add_norm(std::vector<FixtureTensor>& out, const std::string& name, uint32_t n) {
  out.push_back({name + ".weight", {n}});
  out.push_back({name + ".bias", {n}});
}

void add_attention(std::vector<FixtureTensor>& out, const std::string& name, uint32_t n) {
  add_norm(out, name + "_ln", n);
  add_linear(out, name + ".query", n, n);
  add_linear(out, name + ".key", n, n, false);
  add_linear(out, name + ".value", n, n);
  add_linear(out, name + ".out", n, n);
}

void add_blocks(std::vector<FixtureTensor>& out, const std::string& side, int layers, uint32_t n,
                bool cross) {
  for (int i = 0; i < layers; ++i) {
    const std::string block = side + ".blocks." + std::to_string(i);
    add_attention(out, block + ".attn", n);
    if (cross) add_attention(out, block + ".cross_attn", n);
    add_norm(out, block + ".mlp_ln", n);
    add_linear(out, block + ".mlp.0", 4 * n, n);
    add_linear(out, block + ".mlp.2", n, 4 * n);
  }
}

}  // namespace

Hyperparameters small_shape() {
  Hyperparameters hp;
  hp.n_mels = 4;
  hp.n_audio_ctx = 6;
  hp.n_audio_state = hp.n_text_state = 16;
  hp.n_audio_head = hp.n_text_head = 1;
  hp.n_audio_layer = hp.n_text_layer = 1;
  hp.n_vocab = 1864;
  hp.n_text_ctx = 5;
  return hp;
}

std::vector<FixtureTensor> fixture_tensors(const Hyperparameters& hp) {
  const auto n = static_cast<uint32_t>(hp.n_audio_state);
  std::vector<FixtureTensor> out;
  out.push_back({"encoder.positional_embedding", {static_cast<uint32_t>(hp.n_audio_ctx), n}});
  out.push_back({"encoder.conv1.weight", {n, static_cast<uint32_t>(hp.n_mels), 3}});
  out.push_back({"encoder.conv1.bias", {n}});
  out.push_back({"encoder.conv2.weight", {n, n, 3}});
  out.push_back({"encoder.conv2.bias", {n}});
  add_blocks(out, "encoder", hp.n_audio_layer, n, false);
  add_norm(out, "encoder.ln_post", n);
  out.push_back({"decoder.positional_embedding", {static_cast<uint32_t>(hp.n_text_ctx), n}});
  out.push_back({"decoder.token_embedding.weight", {static_cast<uint32_t>(hp.n_vocab), n}});
  add_blocks(out, "decoder", hp.n_text_layer, n, true);
  add_norm(out, "decoder.ln", n);
  return out;
}

std::vector<float> fixture_weights(const ModelRecipe& recipe, const FixtureTensor& tensor) {
  size_t count = 1;
  for (const uint32_t dim : tensor.dims) count *= dim;
  Random random(recipe.seed ^ hash_name(tensor.name));
  if (tensor.dims.size() == 1) {
    const float middle = tensor.name.ends_with("weight") ? 1.0f : 0.0f;
    return random.floats(count, middle - 0.1f, middle + 0.1f);
  }
  // Uniform within sqrt(3 / inputs) has the variance 1 / inputs.
  const float inputs = static_cast<float>(count / tensor.dims[0]);
  const float bound = std::sqrt(3.0f / inputs);
  return random.floats(count, -bound, bound);
}

std::vector<std::string> fixture_vocabulary(int n_vocab) {
  const int ordinary = special_tokens(n_vocab).end_of_text;
  std::vector<std::string> tokens;
  for (int i = 0; i < ordinary; ++i) {
    if (i < 256) {
      tokens.emplace_back(1, static_cast<char>(i));
      continue;
    }
    // Numbers of three or more digits in base 26.
    std::string token;
    for (int rest = i - 256, place = 0; place < 3 || rest > 0; ++place, rest /= 26) {
      token.insert(token.begin(), static_cast<char>('a' + rest % 26));
    }
    tokens.push_back(std::move(token));
  }
  return tokens;
}

std::vector<uint8_t> make_ggml(const ModelRecipe& recipe) {
  const Hyperparameters& hp = recipe.hp;
  FixtureBytes out;
  out.number(uint32_t{0x67676d6c});
  const int quantised = 2000;  // version 2 of ggml's blocks
  for (const int value :
       {hp.n_vocab, hp.n_audio_ctx, hp.n_audio_state, hp.n_audio_head, hp.n_audio_layer,
        hp.n_text_ctx, hp.n_text_state, hp.n_text_head, hp.n_text_layer, hp.n_mels, quantised}) {
    out.number(static_cast<int32_t>(value));
  }
  out.number(static_cast<int32_t>(hp.n_mels));
  out.number(static_cast<int32_t>(recipe.filter_bins));
  for (int i = 0; i < hp.n_mels * recipe.filter_bins; ++i) out.number(0.0f);
  const std::vector<std::string> vocabulary =
      recipe.vocabulary.empty() ? fixture_vocabulary(hp.n_vocab) : recipe.vocabulary;
  out.number(static_cast<int32_t>(vocabulary.size()));
  for (const std::string& token : vocabulary) {
    out.number(static_cast<uint32_t>(token.size()));
    out.raw(token);
  }
  for (const FixtureTensor& tensor : fixture_tensors(hp)) {
    std::vector<uint32_t> dims = tensor.dims;
    if (tensor.name.ends_with("conv1.bias") || tensor.name.ends_with("conv2.bias")) {
      dims.push_back(1);
    }
    const auto exception = recipe.exceptions.find(tensor.name);
    const DType dtype = exception != recipe.exceptions.end() ? exception->second
                        : is_linear_weight(tensor)           ? recipe.linear
                                                             : recipe.other;
    const int32_t type = dtype == DType::kF32    ? 0
                         : dtype == DType::kF16  ? 1
                         : dtype == DType::kQ4_0 ? 2
                         : dtype == DType::kQ4_1 ? 3
                         : dtype == DType::kQ5_0 ? 6
                         : dtype == DType::kQ5_1 ? 7
                         : dtype == DType::kQ8_0 ? 8
                         : dtype == DType::kQ4_K ? 12
                         : dtype == DType::kQ5_K ? 13
                         : dtype == DType::kQ6_K ? 14
                                                 : 30;  // bf16
    out.number(static_cast<int32_t>(dims.size()));
    out.number(static_cast<int32_t>(tensor.name.size()));
    out.number(type);
    for (size_t i = dims.size(); i-- > 0;) out.number(dims[i]);
    out.raw(tensor.name);
    out.raw(encode_weights(fixture_weights(recipe, tensor), tensor.dims[0], dtype));
  }
  return out.data;
}

std::vector<uint8_t> make_sotto(const ModelRecipe& recipe, DType linear) {
  const std::vector<uint8_t> ggml = make_ggml(recipe);
  MemorySource source(ggml);
  Result<ModelFile> model = open_model(source);
  REQUIRE_MESSAGE(model.ok(), model.status().message());
  MemorySink sink;
  const Status written = write_sotto(source, model.value(), {linear, nullptr}, sink);
  REQUIRE_MESSAGE(written.ok(), written.message());
  return std::move(sink.bytes);
}

Status MemorySink::write_at(uint64_t offset, const void* data, size_t size) {
  const size_t end = static_cast<size_t>(offset) + size;
  if (bytes.size() < end) bytes.resize(end);
  if (size > 0) std::memcpy(bytes.data() + offset, data, size);
  return {};
}

}  // namespace sotto::test
