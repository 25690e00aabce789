#include "model/weights.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "unit/io/model_fixtures.h"

using namespace sotto;

namespace {

// Counts what is given back while weights load.
class CountingSource : public MemorySource {
 public:
  using MemorySource::MemorySource;
  void release(uint64_t, uint64_t size) override { released_bytes += size; }
  uint64_t released_bytes = 0;
};

Result<Weights> load(const std::vector<uint8_t>& bytes, const WeightOptions& options = {}) {
  MemorySource source(bytes);
  SOTTO_ASSIGN(const ModelFile file, open_model(source));
  return load_weights(source, file, options);
}

std::vector<float> row_of(const Linear& linear, int row) {
  std::vector<float> values(linear.k);
  read_row(linear, row, values.data());
  return values;
}

}  // namespace

TEST_CASE("weights: every format gives the same numbers") {
  const test::ModelRecipe recipe;
  const WeightOptions f32{false, nullptr};
  Result<Weights> ggml = load(test::make_ggml(recipe), f32);
  Result<Weights> ct2 = load(test::make_ct2(recipe), f32);
  Result<Weights> sotto = load(test::make_sotto(recipe, DType::kF32), f32);
  REQUIRE_MESSAGE(ggml.ok(), ggml.status().message());
  REQUIRE_MESSAGE(ct2.ok(), ct2.status().message());
  REQUIRE_MESSAGE(sotto.ok(), sotto.status().message());
  for (const Weights* other : {&ct2.value(), &sotto.value()}) {
    const Linear& a = ggml->encoder.layers[0].attention.query_key_value;
    const Linear& b = other->encoder.layers[0].attention.query_key_value;
    for (int row = 0; row < a.n; row += 7) CHECK(row_of(a, row) == row_of(b, row));
    CHECK(std::equal(a.bias, a.bias + a.n, b.bias));
    const size_t conv_floats =
        f32_tiles_count(ggml->encoder.conv2.f32.n, ggml->encoder.conv2.f32.k);
    CHECK(std::equal(ggml->encoder.conv2.f32.tiles, ggml->encoder.conv2.f32.tiles + conv_floats,
                     other->encoder.conv2.f32.tiles));
    CHECK(row_of(ggml->decoder.tokens, 100) == row_of(other->decoder.tokens, 100));
    CHECK(ggml->arena.used_bytes() == other->arena.used_bytes());
  }
}

TEST_CASE("weights: tiles that were converted equal tiles that are packed at load") {
  const test::ModelRecipe recipe;
  Result<Weights> packed = load(test::make_ggml(recipe));
  Result<Weights> copied = load(test::make_sotto(recipe));
  REQUIRE(packed.ok());
  REQUIRE_MESSAGE(copied.ok(), copied.status().message());
  const Linear& a = packed->decoder.layers[0].cross.key_value;
  const Linear& b = copied->decoder.layers[0].cross.key_value;
  for (int row = 0; row < a.n; ++row) REQUIRE(row_of(a, row) == row_of(b, row));
  CHECK(std::equal(a.q8.row_sum, a.q8.row_sum + a.n, b.q8.row_sum));
}

TEST_CASE("weights: the key has no bias, query and value keep theirs") {
  Result<Weights> weights = load(test::make_ggml({}));
  REQUIRE(weights.ok());
  const Linear& qkv = weights->encoder.layers[0].attention.query_key_value;
  const int n = weights->hp.n_audio_state;
  CHECK(std::all_of(qkv.bias + n, qkv.bias + 2 * n, [](float b) { return b == 0.0f; }));
  CHECK(std::any_of(qkv.bias, qkv.bias + n, [](float b) { return b != 0.0f; }));
  CHECK(std::any_of(qkv.bias + 2 * n, qkv.bias + 3 * n, [](float b) { return b != 0.0f; }));
}

TEST_CASE("weights: progress rises to one and can cancel; what is read is given back") {
  const std::vector<uint8_t> bytes = test::make_ggml({});
  double last = 0;
  CountingSource source(bytes);
  Result<ModelFile> file = open_model(source);
  REQUIRE(file.ok());
  const auto watch = [&](double fraction) {
    CHECK(fraction >= last);
    last = fraction;
    return true;
  };
  REQUIRE(load_weights(source, file.value(), {true, watch}).ok());
  CHECK(last == doctest::Approx(1.0));
  CHECK(source.released_bytes > bytes.size() / 2);

  const auto stop = [](double) { return false; };
  CHECK(load(bytes, {true, stop}).status().code() == Code::kCancelled);
}

TEST_CASE("weights: missing, repeated and misshapen tensors are named") {
  const std::vector<uint8_t> bytes = test::make_ggml({});
  MemorySource source(bytes);
  const Result<ModelFile> file = open_model(source);
  REQUIRE(file.ok());
  const auto is_norm = [](const TensorEntry& e) { return e.name == "encoder.ln_post.weight"; };

  ModelFile missing = file.value();
  std::erase_if(missing.tensors, is_norm);
  const Status none = load_weights(source, missing, {}).status();
  CHECK(none.code() == Code::kBadFormat);
  CHECK(none.message().find("encoder.ln_post.weight") != std::string::npos);

  ModelFile twice = file.value();
  twice.tensors.push_back(*twice.find("encoder.ln_post.weight"));
  CHECK(load_weights(source, twice, {}).status().code() == Code::kBadFormat);

  ModelFile misshapen = file.value();
  auto norm = std::find_if(misshapen.tensors.begin(), misshapen.tensors.end(), is_norm);
  norm->dims[0] /= 2;
  norm->size_bytes /= 2;
  const Status shape = load_weights(source, misshapen, {}).status();
  CHECK(shape.code() == Code::kBadFormat);
  CHECK(shape.message().find("shape: expected") != std::string::npos);
}

TEST_CASE("weights: a header that claims more than its file has reserves nothing") {
  test::ModelRecipe recipe;
  const std::vector<uint8_t> bytes = test::make_ggml(recipe);
  MemorySource source(bytes);
  Result<ModelFile> file = open_model(source);
  REQUIRE(file.ok());
  // As large as validate() lets it be: 380 GB, for which there would be no arena.
  Hyperparameters& hp = file->header.hp;
  hp.n_audio_state = hp.n_text_state = 8 * 1280;
  hp.n_audio_head = hp.n_text_head = 8 * 20;
  hp.n_audio_layer = hp.n_text_layer = 4 * 32;
  REQUIRE(validate(hp).ok());
  const Status refused = load_weights(source, file.value(), {}).status();
  CHECK(refused.code() == Code::kBadFormat);
  CHECK(refused.message().find("shape: expected") != std::string::npos);
}
