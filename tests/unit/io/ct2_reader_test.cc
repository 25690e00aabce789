#include "io/ct2_reader.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <string>
#include <vector>

#include "io/ct2_names.h"
#include "unit/io/corruption.h"
#include "unit/io/fixture_bytes.h"
#include "unit/io/model_fixtures.h"

using namespace sotto;
using namespace sotto::test;

namespace {

Status status_of(const std::vector<uint8_t>& bytes) {
  MemorySource source(bytes);
  return open_model(source).status();
}

// Where a string stands in the file.
size_t find_text(const std::vector<uint8_t>& bytes, const std::string& text) {
  const auto found = std::search(bytes.begin(), bytes.end(), text.begin(), text.end());
  REQUIRE(found != bytes.end());
  return static_cast<size_t>(found - bytes.begin());
}

// Renames a variable to another name of the same length.
std::vector<uint8_t> renamed(std::vector<uint8_t> bytes, const std::string& from,
                             const std::string& to) {
  REQUIRE(from.size() == to.size());
  std::copy(to.begin(), to.end(), bytes.begin() + static_cast<ptrdiff_t>(find_text(bytes, from)));
  return bytes;
}

std::vector<std::string> parts(const std::string& name) { return map_ct2_name(name).parts; }

}  // namespace

TEST_CASE("CTranslate2 names: plain, stacked and unknown ones") {
  using Names = std::vector<std::string>;
  CHECK(parts("encoder/conv1/weight") == Names{"encoder.conv1.weight"});
  CHECK(parts("encoder/layer_norm/gamma") == Names{"encoder.ln_post.weight"});
  CHECK(parts("decoder/layer_norm/beta") == Names{"decoder.ln.bias"});
  CHECK(parts("decoder/embeddings/weight") == Names{"decoder.token_embedding.weight"});
  CHECK(parts("encoder/position_encodings/encodings") == Names{"encoder.positional_embedding"});
  CHECK(parts("decoder/layer_31/ffn/linear_1/bias") == Names{"decoder.blocks.31.mlp.2.bias"});
  CHECK(parts("decoder/layer_2/attention/layer_norm/gamma") ==
        Names{"decoder.blocks.2.cross_attn_ln.weight"});
  CHECK(parts("encoder/layer_0/self_attention/linear_0/weight") ==
        Names{"encoder.blocks.0.attn.query.weight", "encoder.blocks.0.attn.key.weight",
              "encoder.blocks.0.attn.value.weight"});
  CHECK(parts("decoder/layer_0/attention/linear_1/bias") ==
        Names{"", "decoder.blocks.0.cross_attn.value.bias"});
  for (const char* unknown :
       {"", "encoder", "encoder/", "decoder/num_heads", "decoder/projection/weight",
        "encoder/layer_/ffn/linear_0/weight", "encoder/layer_x/ffn/linear_0/weight",
        "encoder/layer_0", "encoder/layer_0/", "encoder/layer_0/ffn/linear_0/weight_scale",
        "encoder/layer_0/ffn/linear_2/weight", "encoder/conv1/weight_scale"}) {
    INFO(unknown);
    CHECK(parts(unknown).empty());
  }
}

TEST_CASE("CTranslate2: parts of a stacked matrix follow one another, the key has no bias") {
  ModelRecipe recipe;
  recipe.linear = DType::kI8;
  const std::vector<uint8_t> bytes = make_ct2(recipe);
  MemorySource source(bytes);
  const Result<ModelFile> model = open_model(source);
  REQUIRE(model.ok());
  const TensorEntry* query = model.value().find("encoder.blocks.0.attn.query.weight");
  const TensorEntry* key = model.value().find("encoder.blocks.0.attn.key.weight");
  const TensorEntry* value = model.value().find("encoder.blocks.0.attn.value.weight");
  CHECK(key->offset_bytes == query->offset_bytes + query->size_bytes);
  CHECK(value->offset_bytes == key->offset_bytes + key->size_bytes);
  CHECK(key->scale_offset_bytes == query->scale_offset_bytes + 16 * sizeof(float));
  CHECK(model.value().find("encoder.blocks.0.attn.key.bias") == nullptr);
  CHECK(model.value().find("decoder.blocks.0.cross_attn.key.bias") == nullptr);
}

TEST_CASE("CTranslate2: heads follow from the width where no variable tells them") {
  ModelRecipe recipe;
  recipe.hp.n_audio_state = recipe.hp.n_text_state = 128;
  recipe.hp.n_audio_head = recipe.hp.n_text_head = 4;
  std::vector<uint8_t> bytes = make_ct2(recipe);
  MemorySource source(bytes);
  CHECK(open_model(source).value().header.hp.n_text_head == 4);
  bytes = renamed(bytes, "encoder/num_heads", "encoder/xxx_xxxxx");
  bytes = renamed(bytes, "decoder/num_heads", "decoder/xxx_xxxxx");
  MemorySource older(bytes);
  const Result<ModelFile> model = open_model(older);
  REQUIRE(model.ok());
  CHECK(model.value().header.hp.n_audio_head == 2);
  CHECK(model.value().header.hp.n_text_head == 2);
}

TEST_CASE("CTranslate2: many aliases of one tensor do not make a small file a large model") {
  std::vector<uint8_t> bytes = make_ct2({});
  bytes.resize(find_text(bytes, "decoder/projection/weight") - 2 - 4);
  const uint32_t layers = 100;
  FixtureBytes tail;
  tail.number(layers);
  for (uint32_t i = 1; i <= layers; ++i) {
    const std::string alias = "encoder/layer_" + std::to_string(i) + "/ffn/linear_0/weight";
    for (const std::string& name : {alias, std::string("decoder/embeddings/weight")}) {
      tail.number(static_cast<uint16_t>(name.size() + 1));
      tail.raw(name);
      tail.number(uint8_t{0});
    }
  }
  bytes.insert(bytes.end(), tail.data.begin(), tail.data.end());
  const Status status = status_of(bytes);
  CHECK(status.code() == Code::kBadFormat);
  CHECK(status.message().find("share") != std::string::npos);
}

TEST_CASE("CTranslate2: an alias is a tensor like its target, with its scales") {
  for (const DType linear : {DType::kF32, DType::kI8}) {
    ModelRecipe recipe;
    recipe.linear = linear;
    std::vector<uint8_t> bytes = make_ct2(recipe);
    // The last matrix of the encoder's block goes, and comes back as an alias of another one.
    const std::string gone = "encoder/layer_0/self_attention/linear_1/weight";
    const std::string target = "decoder/layer_0/self_attention/linear_1/weight";
    bytes = renamed(bytes, gone, "encoder/layer_0/self_attention/linear_1/xxxxxx");
    const size_t aliases = find_text(bytes, "decoder/projection/weight") - 2 - 4;
    bytes.resize(aliases);
    FixtureBytes tail;
    tail.number(uint32_t{1});
    for (const std::string& name : {gone, target}) {
      tail.number(static_cast<uint16_t>(name.size() + 1));
      tail.raw(name);
      tail.number(uint8_t{0});
    }
    bytes.insert(bytes.end(), tail.data.begin(), tail.data.end());
    MemorySource source(bytes);
    const Result<ModelFile> model = open_model(source);
    REQUIRE_MESSAGE(model.ok(), model.status().message());
    const TensorEntry* alias = model.value().find("encoder.blocks.0.attn.out.weight");
    const TensorEntry* original = model.value().find("decoder.blocks.0.attn.out.weight");
    REQUIRE(alias != nullptr);
    CHECK(alias->offset_bytes == original->offset_bytes);
    CHECK(alias->scale_offset_bytes == original->scale_offset_bytes);
    CHECK(alias->scale_count == (linear == DType::kI8 ? 16u : 0u));
  }
}

TEST_CASE("CTranslate2: fields that lie are named errors") {
  const std::vector<uint8_t> good = make_ct2({});
  const auto with = [&](size_t offset, auto value) {
    std::vector<uint8_t> bytes = good;
    std::memcpy(bytes.data() + offset, &value, sizeof(value));
    return status_of(bytes).code();
  };
  CHECK(with(0, uint32_t{3}) == Code::kUnsupported);
  CHECK(with(0, uint32_t{7}) == Code::kUnsupported);
  CHECK(with(4, uint16_t{0xffff}) == Code::kBadFormat);
  CHECK(with(6, 'w') == Code::kUnsupported);  // another model
  const size_t count = 4 + 2 + 12 + 4;
  CHECK(with(count, uint32_t{0xffffffff}) == Code::kBadFormat);
  CHECK(with(count, uint32_t{0}) == Code::kBadFormat);
  const std::string name = "encoder/conv1/weight";
  const size_t rank = find_text(good, name) + name.size() + 1;
  CHECK(with(rank - 1, 'x') == Code::kBadFormat);  // the zero at the end
  CHECK(with(rank, uint8_t{5}) == Code::kUnsupported);
  CHECK(with(rank + 1, uint32_t{0}) == Code::kBadFormat);
  CHECK(with(rank + 1, uint32_t{0xffffffff}) == Code::kBadFormat);
  CHECK(with(rank + 1, uint32_t{17}) == Code::kBadFormat);
  CHECK(with(rank + 13, uint8_t{6}) == Code::kUnsupported);
  CHECK(with(rank + 13, uint8_t{1}) == Code::kBadFormat);
  CHECK(with(rank + 14, uint32_t{0xffffffff}) == Code::kBadFormat);

  CHECK(status_of(renamed(good, "decoder/embeddings/weight", "decoder/embeddings/xeight")).code() ==
        Code::kBadFormat);
  CHECK(status_of(renamed(good, "encoder/conv2/weight", "encoder/conv1/weight")).code() ==
        Code::kBadFormat);
  std::vector<uint8_t> longer = good;
  longer.push_back(0);
  CHECK(status_of(longer).code() == Code::kBadFormat);
}

TEST_CASE("CTranslate2: integer weights without scales are refused") {
  ModelRecipe recipe;
  recipe.linear = DType::kI8;
  const std::vector<uint8_t> bytes = renamed(make_ct2(recipe), "decoder/embeddings/weight_scale",
                                             "decoder/embeddings/weight_xxxxx");
  const Status status = status_of(bytes);
  CHECK(status.code() == Code::kBadFormat);
  CHECK(status.message().find("scales") != std::string::npos);
}

TEST_CASE("CTranslate2: scales of another matrix are refused") {
  ModelRecipe recipe;
  recipe.linear = DType::kI8;
  // 64 scales for 16 rows.
  const std::string wide = "encoder/layer_0/ffn/linear_0/weight_scale";
  const std::string narrow = "encoder/layer_0/ffn/linear_1/weight_scale";
  const std::string other = "encoder/layer_0/ffn/linear_9/weight_scale";
  const std::vector<uint8_t> bytes =
      renamed(renamed(make_ct2(recipe), narrow, other), wide, narrow);
  const Status status = status_of(bytes);
  CHECK(status.code() == Code::kUnsupported);
  CHECK(status.message().find(narrow) != std::string::npos);
}

TEST_CASE("CTranslate2: a file cut off anywhere is refused") {
  const std::vector<uint8_t> bytes = make_ct2({});
  std::vector<size_t> sizes = header_positions(bytes);
  sizes.push_back(bytes.size() - 1);
  CHECK(accepted_when_cut(bytes, sizes) == 0);
}

TEST_CASE("CTranslate2: any flipped bit of the header gives an error or a consistent table") {
  const std::vector<uint8_t> bytes = make_ct2({});
  // Names are most of the header: of each letter one bit will do, elsewhere all of them.
  std::vector<size_t> letters, others;
  for (const size_t position : header_positions(bytes)) {
    (std::isalpha(bytes[position]) ? letters : others).push_back(position);
  }
  const FlipCounts all_bits = flip_bits(bytes, others);
  CHECK(all_bits.inconsistent == 0);
  CHECK(all_bits.refused + all_bits.accepted == static_cast<int>(others.size()) * 8);
  const FlipCounts one_bit = flip_bits(bytes, letters, 1);
  CHECK(one_bit.inconsistent == 0);
  CHECK(one_bit.refused + one_bit.accepted == static_cast<int>(letters.size()));
}
