#include "io/hf_model.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "io/hf_names.h"
#include "unit/io/hf_fixture.h"
#include "unit/io/model_fixtures.h"

using namespace sotto;

namespace {

// The tensors of a model of that shape, one behind the other.
std::vector<TensorEntry> hf_tensors(const Hyperparameters& hp) {
  std::vector<TensorEntry> tensors;
  uint64_t offset_bytes = 64;
  for (const test::FixtureTensor& tensor : test::fixture_tensors(hp)) {
    TensorEntry entry;
    entry.name = test::hf_name(tensor.name);
    entry.rank = static_cast<int>(tensor.dims.size());
    std::copy(tensor.dims.begin(), tensor.dims.end(), entry.dims.begin());
    entry.offset_bytes = offset_bytes;
    entry.size_bytes = entry.rows() * entry.cols() * sizeof(float);
    offset_bytes += entry.size_bytes;
    tensors.push_back(entry);
  }
  return tensors;
}

TensorEntry* find(std::vector<TensorEntry>& tensors, const std::string& name) {
  const auto found = std::find_if(tensors.begin(), tensors.end(),
                                  [&](const TensorEntry& one) { return one.name == name; });
  REQUIRE(found != tensors.end());
  return &*found;
}

}  // namespace

TEST_CASE("Hugging Face's names are openai-whisper's in other words") {
  Hyperparameters hp = test::small_shape();
  hp.n_text_layer = 12;
  for (const test::FixtureTensor& tensor : test::fixture_tensors(hp)) {
    CAPTURE(test::hf_name(tensor.name));
    CHECK(map_hf_name(test::hf_name(tensor.name)) == tensor.name);
    CHECK(map_hf_name(test::hf_name(tensor.name).substr(6)) == tensor.name);
  }
  CHECK(map_hf_name("proj_out.weight") == "decoder.token_embedding.weight");
  CHECK(map_hf_name("model.encoder.layers.0.self_attn.k_proj.bias") ==
        "encoder.blocks.0.attn.key.bias");
}

TEST_CASE("names that are none of Whisper's have no other") {
  for (const char* name :
       {"", "model.", "model.encoder.layers.0.fc1.weights", "model.encoder.layers.0.fc1.",
        "model.encoder.layers.x.fc1.weight", "model.encoder.layers..fc1.weight",
        "model.encoder.layers.0", "model.encoder.layers.0.fc3.weight",
        "decoder.embed_positions.bias", "projector.weight", "model.encoder.conv3.weight",
        "model.model.encoder.conv1.weight"}) {
    CAPTURE(name);
    CHECK(map_hf_name(name) == "");
  }
}

TEST_CASE("a Hugging Face model has the shape of its tensors") {
  Hyperparameters hp = test::small_shape();
  hp.n_audio_layer = 3;
  hp.n_text_layer = 2;
  const auto model = make_hf_model(hf_tensors(hp), {hp.n_audio_head, hp.n_text_head});
  REQUIRE(model.ok());
  CHECK(model.value().format == ModelFormat::kHuggingFace);
  CHECK(std::string(format_name(model.value().format)) == "huggingface");
  const Hyperparameters& found = model.value().header.hp;
  CHECK(found.n_mels == hp.n_mels);
  CHECK(found.n_audio_ctx == hp.n_audio_ctx);
  CHECK(found.n_audio_state == hp.n_audio_state);
  CHECK(found.n_audio_head == hp.n_audio_head);
  CHECK(found.n_audio_layer == 3);
  CHECK(found.n_vocab == hp.n_vocab);
  CHECK(found.n_text_ctx == hp.n_text_ctx);
  CHECK(found.n_text_state == hp.n_text_state);
  CHECK(found.n_text_head == hp.n_text_head);
  CHECK(found.n_text_layer == 2);
  CHECK(model.value().tensors.size() == test::fixture_tensors(hp).size());
}

TEST_CASE("heads are of 64 unless another number is told") {
  Hyperparameters hp = test::small_shape();
  hp.n_audio_state = hp.n_text_state = 128;
  const auto model = make_hf_model(hf_tensors(hp), {});
  REQUIRE(model.ok());
  CHECK(model.value().header.hp.n_audio_head == 2);
  CHECK(model.value().header.hp.n_text_head == 2);
  const auto told = make_hf_model(hf_tensors(hp), {4, 8});
  REQUIRE(told.ok());
  CHECK(told.value().header.hp.n_audio_head == 4);
  CHECK(told.value().header.hp.n_text_head == 8);
  CHECK(make_hf_model(hf_tensors(hp), {3, 2}).status().code() == Code::kUnsupported);
}

TEST_CASE("tensors are in the order of their offsets, and others left out") {
  std::vector<TensorEntry> tensors = hf_tensors(test::small_shape());
  std::reverse(tensors.begin(), tensors.end());
  TensorEntry other;
  other.name = "something.else";
  tensors.push_back(other);
  const auto model = make_hf_model(tensors, {1, 1});
  REQUIRE(model.ok());
  const std::vector<TensorEntry>& found = model.value().tensors;
  CHECK(found.size() == tensors.size() - 1);
  CHECK(std::is_sorted(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return a.offset_bytes < b.offset_bytes;
  }));
}

TEST_CASE("the output matrix is the embedding, and taken where that is missing") {
  std::vector<TensorEntry> tensors = hf_tensors(test::small_shape());
  const std::string embedding = "model.decoder.embed_tokens.weight";
  TensorEntry output = *find(tensors, embedding);
  output.name = "proj_out.weight";
  output.offset_bytes = 1;
  tensors.push_back(output);
  const auto both = make_hf_model(tensors, {1, 1});
  REQUIRE(both.ok());
  const std::string name = "decoder.token_embedding.weight";
  CHECK(both.value().find(name)->offset_bytes == find(tensors, embedding)->offset_bytes);
  find(tensors, embedding)->name = "left.out";
  const auto only = make_hf_model(tensors, {1, 1});
  REQUIRE(only.ok());
  CHECK(only.value().find(name)->offset_bytes == 1);
}

TEST_CASE("what Whisper cannot be is refused, by its name") {
  std::vector<TensorEntry> tensors = hf_tensors(test::small_shape());
  const auto refused = [](const std::vector<TensorEntry>& changed, Code code, const char* word) {
    const Status status = make_hf_model(changed, {1, 1}).status();
    CHECK(status.code() == code);
    CHECK(status.message().find(word) != std::string::npos);
  };
  refused({}, Code::kBadFormat, "n_mels");
  TensorEntry bias = *find(tensors, "model.encoder.layers.0.self_attn.q_proj.bias");
  bias.name = "model.encoder.layers.0.self_attn.k_proj.bias";
  tensors.push_back(bias);
  refused(tensors, Code::kUnsupported, "k_proj.bias");
  tensors.back().name = "encoder.layers.0.self_attn.q_proj.bias";
  refused(tensors, Code::kBadFormat, "twice");
  tensors.pop_back();
  find(tensors, "model.encoder.conv1.weight")->rank = 2;
  refused(tensors, Code::kBadFormat, "n_mels");
}
