// Layers that stay packed: which ones, and that they compute what their file says.
#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "model/weights.h"
#include "unit/support/k_matrices.h"
#include "unit/support/small_model.h"

using namespace sotto;

namespace {

test::ModelRecipe wide_recipe(DType linear) {
  test::ModelRecipe recipe;
  recipe.hp.n_audio_state = recipe.hp.n_text_state = kSuperBlock;
  recipe.hp.n_audio_head = recipe.hp.n_text_head = 4;
  recipe.linear = linear;
  return recipe;
}

Result<Weights> load(const test::ModelRecipe& recipe, KeepPacked keep_packed, bool q8 = true) {
  const std::vector<uint8_t> bytes = test::make_ggml(recipe);
  MemorySource source(bytes);
  SOTTO_ASSIGN(const ModelFile file, open_model(source));
  return load_weights(source, file, {q8, nullptr, keep_packed});
}

// The layers of the decoder that see a few rows at a time.
std::vector<const Linear*> narrow_layers(const Weights& weights) {
  const DecoderLayerWeights& layer = weights.decoder.layers[0];
  return {&weights.decoder.tokens, &layer.attention.query_key_value,
          &layer.attention.out,    &layer.cross.query,
          &layer.cross.out,        &layer.mlp.up,
          &layer.mlp.down};
}
std::vector<const Linear*> wide_layers(const Weights& weights) {
  const EncoderLayerWeights& layer = weights.encoder.layers[0];
  return {&weights.decoder.layers[0].cross.key_value, &layer.attention.query_key_value,
          &layer.attention.out, &layer.mlp.up, &layer.mlp.down};
}

std::vector<float> row_of(const Linear& linear, int row) {
  std::vector<float> values(linear.k);
  read_row(linear, row, values.data());
  return values;
}

std::vector<float> logits_after(test::SmallModel& model, const std::vector<int>& tokens) {
  model.space->past().resize(0);
  const Status status =
      model.space->decoder().forward(tokens, model.space->past(), model.space->cross());
  REQUIRE_MESSAGE(status.ok(), status.message());
  return model.logits(static_cast<int>(tokens.size()) - 1);
}

}  // namespace

TEST_CASE("packed weights: the decoder's narrow layers, to the bit; all others are int8 tiles") {
  for (const DType dtype : test::kPackedTypes) {
    INFO(std::string(dtype_name(dtype)));
    const Result<Weights> packed = load(wide_recipe(dtype), KeepPacked::kAll);
    const Result<Weights> exact = load(wide_recipe(dtype), KeepPacked::kNone, false);
    REQUIRE_MESSAGE(packed.ok(), packed.status().message());
    REQUIRE(exact.ok());
    const std::vector<const Linear*> expected = narrow_layers(exact.value());
    const std::vector<const Linear*> layers = narrow_layers(packed.value());
    for (size_t i = 0; i < layers.size(); ++i) {
      REQUIRE(layers[i]->is_packed());
      CHECK(layers[i]->packed.dtype == dtype);
      CHECK_FALSE(layers[i]->is_q8());
      for (int row = 0; row < layers[i]->n; row += 5) {
        REQUIRE(row_of(*layers[i], row) == row_of(*expected[i], row));
      }
    }
    for (const Linear* layer : wide_layers(packed.value())) {
      CHECK(layer->is_q8());
      CHECK_FALSE(layer->is_packed());
    }
  }
}

TEST_CASE("packed weights: only where it was asked for and the file has such types") {
  const auto none_packed = [](const Result<Weights>& weights) {
    REQUIRE_MESSAGE(weights.ok(), weights.status().message());
    for (const Linear* layer : narrow_layers(weights.value())) CHECK_FALSE(layer->is_packed());
  };
  none_packed(load(wide_recipe(DType::kQ4_K), KeepPacked::kNone));
  none_packed(load(wide_recipe(DType::kQ4_K), KeepPacked::kAll, false));
  none_packed(load(wide_recipe(DType::kQ8_0), KeepPacked::kKQuants));
  none_packed(load(wide_recipe(DType::kQ5_1), KeepPacked::kAll));
  none_packed(load(wide_recipe(DType::kF16), KeepPacked::kAll));
}

TEST_CASE("packed weights: q4_k takes little more than half of int8's memory") {
  const test::ModelRecipe recipe = wide_recipe(DType::kQ4_K);
  const Result<Weights> packed = load(recipe, KeepPacked::kKQuants),
                        tiles = load(recipe, KeepPacked::kNone);
  REQUIRE(packed.ok());
  REQUIRE(tiles.ok());
  const Linear& a = packed->decoder.tokens;
  const Linear& b = tiles->decoder.tokens;
  const double bytes = static_cast<double>(k_tiles_bytes(DType::kQ4_K, a.n, a.k));
  CHECK(bytes / static_cast<double>(q8_tiles_bytes(b.n, b.k)) < 0.6);
  CHECK(packed->arena.used_bytes() < tiles->arena.used_bytes());
}

TEST_CASE("packed weights: a layer whose parts are of several types becomes int8 tiles") {
  test::ModelRecipe recipe = wide_recipe(DType::kQ4_K);
  recipe.exceptions["decoder.blocks.0.attn.value.weight"] = DType::kQ6_K;
  recipe.exceptions["decoder.blocks.0.mlp.0.weight"] = DType::kQ5_K;
  recipe.exceptions["decoder.blocks.0.mlp.2.weight"] = DType::kF16;
  const Result<Weights> mixed = load(recipe, KeepPacked::kKQuants),
                        exact = load(recipe, KeepPacked::kNone, false);
  REQUIRE_MESSAGE(mixed.ok(), mixed.status().message());
  const DecoderLayerWeights& layer = mixed->decoder.layers[0];
  CHECK(layer.attention.query_key_value.is_q8());
  CHECK(layer.attention.out.packed.dtype == DType::kQ4_K);
  CHECK(layer.mlp.up.packed.dtype == DType::kQ5_K);
  CHECK(layer.mlp.down.is_q8());
  const Linear& a = layer.attention.query_key_value;
  const Linear& b = exact->decoder.layers[0].attention.query_key_value;
  for (int row = 0; row < a.n; row += 9) {
    const std::vector<float> x = row_of(a, row), y = row_of(b, row);
    for (int i = 0; i < a.k; ++i) REQUIRE(std::fabs(x[i] - y[i]) <= 0.51f * a.q8.scale[row]);
  }
}

TEST_CASE("packed weights: the decoder's scores are those of the same numbers in f32") {
  for (const DType dtype : test::kPackedTypes) {
    INFO(std::string(dtype_name(dtype)));
    const test::ModelRecipe recipe = wide_recipe(dtype);
    test::SmallModel packed(true, recipe, false, KeepPacked::kAll), exact(false, recipe);
    packed.listen(3);
    exact.listen(3);
    const std::vector<int> tokens = {5, 17, 200, 3};
    const std::vector<float> a = logits_after(packed, tokens), b = logits_after(exact, tokens);
    double error = 0, size = 0;
    for (size_t i = 0; i < a.size(); ++i) {
      error += (a[i] - b[i]) * (a[i] - b[i]);
      size += b[i] * b[i];
    }
    // Quantised activations cost about 1 % in each of a dozen products (7 bits: 2 %), as in int8.
    MESSAGE(std::string(dtype_name(dtype))
            << ": relative error of the scores " << std::sqrt(error / size));
    CHECK(std::sqrt(error / size) < 0.05);

    // One by one as in one pass.
    packed.space->past().resize(0);
    for (const int token : tokens) {
      REQUIRE(packed.space->decoder()
                  .forward(std::span(&token, 1), packed.space->past(), packed.space->cross())
                  .ok());
    }
    CHECK(packed.logits(0) == a);
  }
}
