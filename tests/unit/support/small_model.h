// A small model with random weights, loaded, with the memory to run it.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <span>
#include <vector>

#include "engine/workspace.h"
#include "io/model_file.h"
#include "model/weights.h"
#include "unit/io/model_fixtures.h"
#include "unit/support/random.h"

namespace sotto::test {

// Two layers with two heads each, and room for a text of several passes.
inline ModelRecipe heads_recipe(int n_text_ctx = 64) {
  ModelRecipe recipe;
  recipe.hp.n_text_layer = 2;
  recipe.hp.n_text_state = recipe.hp.n_audio_state = 32;
  recipe.hp.n_text_head = recipe.hp.n_audio_head = 2;
  recipe.hp.n_text_ctx = n_text_ctx;
  recipe.hp.n_audio_ctx = 100;
  return recipe;
}

struct SmallModel {
  std::vector<uint8_t> bytes;
  Weights weights;
  ThreadPool caller_only{1};
  std::unique_ptr<Workspace> space;

  explicit SmallModel(bool q8 = true, const ModelRecipe& recipe = {}, bool q8_attention = false,
                      KeepPacked keep_packed = KeepPacked::kNone)
      : bytes(make_ggml(recipe)) {
    MemorySource source(bytes);
    Result<ModelFile> file = open_model(source);
    REQUIRE_MESSAGE(file.ok(), file.status().message());
    Result<Weights> loaded = load_weights(source, file.value(), {q8, nullptr, keep_packed});
    REQUIRE_MESSAGE(loaded.ok(), loaded.status().message());
    weights = std::move(loaded.value());
    Result<std::unique_ptr<Workspace>> created =
        Workspace::create(weights, q8_attention, caller_only);
    REQUIRE(created.ok());
    space = std::move(created.value());
  }

  // Fills the encoder's input with reproducible noise.
  void fill_mel(uint64_t seed) {
    Random random(seed);
    const MatrixF32 mel = space->encoder().mel();
    for (int r = 0; r < mel.rows; ++r) {
      for (int c = 0; c < mel.cols; ++c) mel.row(r)[c] = random.uniform(-1.0f, 1.5f);
    }
  }

  std::vector<float> encode(uint64_t seed) {
    fill_mel(seed);
    space->encoder().begin();
    REQUIRE(space->encoder().run(Deadline(), nullptr));
    const ConstMatrixF32 states = space->encoder().states();
    return {states.data, states.data + static_cast<size_t>(states.rows) * states.cols};
  }

  // Encodes noise and prepares the cross-attention.
  void listen(uint64_t seed) {
    encode(seed);
    space->cross().begin(space->encoder().states(), space->encoder().fold().log_count(),
                         space->encoder().fold().fine());
    REQUIRE(space->cross().run(Deadline(), nullptr));
  }

  std::vector<float> logits(int row) {
    space->decoder().score(row, space->scores());
    const std::span<float> scores = space->scores().row(0).values();
    return {scores.begin(), scores.end()};
  }
};

}  // namespace sotto::test
