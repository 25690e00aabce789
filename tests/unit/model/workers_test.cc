// Encoder, cross cache and decoder on several workers.
#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "unit/support/cross_rows.h"
#include "unit/support/small_model.h"

using namespace sotto;

namespace {

// Enough rows for eight blocks, the last one short, and heads to share.
test::ModelRecipe many_blocks() {
  test::ModelRecipe recipe;
  recipe.hp.n_audio_ctx = 460;
  recipe.hp.n_audio_state = recipe.hp.n_text_state = 48;
  recipe.hp.n_audio_head = recipe.hp.n_text_head = 3;
  recipe.hp.n_audio_layer = recipe.hp.n_text_layer = 2;
  return recipe;
}

template <typename T>
void append(std::vector<float>& out, const T* values, size_t count) {
  out.insert(out.end(), values, values + count);
}

// All that encoder, cross cache and decoder leave behind for one window, computed in slices; its
// padding folded where audio_frames are given.
std::vector<float> outcome(test::SmallModel& model, int audio_frames, ThreadPool& pool) {
  model.fill_mel(5);
  const MatrixF32 mel = model.space->encoder().mel();
  if (audio_frames > 0) {
    std::fill(mel.row(audio_frames), mel.row(0) + static_cast<size_t>(mel.rows) * mel.cols, 0.0f);
  }
  Encoder& encoder = model.space->encoder();
  if (audio_frames > 0) encoder.begin(audio_frames, FoldOptions());
  if (audio_frames == 0) encoder.begin();
  while (!encoder.run(Deadline(1.0), nullptr, &pool)) {
  }
  const ConstMatrixF32 states = encoder.states();
  std::vector<float> out;
  append(out, states.data, static_cast<size_t>(states.rows) * states.cols);
  CrossCache& cross = model.space->cross();
  cross.begin(states, encoder.fold().log_count(), encoder.fold().fine());
  while (!cross.run(Deadline(1.0), nullptr, &pool)) {
  }
  const Hyperparameters& hp = model.weights.hp;
  for (int layer = 0; layer < hp.n_text_layer; ++layer) {
    for (int head = 0; head < hp.n_text_head; ++head) {
      const test::CrossRows rows(cross, layer, head);
      append(out, rows.keys.data(), rows.keys.size());
      append(out, rows.values.data(), rows.values.size());
    }
  }
  KvCache& past = model.space->past();
  past.resize(0);
  const std::vector<int> prompt = {1, 5, 9, 2}, next = {7};
  for (const std::vector<int>& tokens : {prompt, next}) {
    REQUIRE(model.space->decoder().forward(tokens, past, cross).ok());
    const std::vector<float> logits = model.logits(static_cast<int>(tokens.size()) - 1);
    append(out, logits.data(), logits.size());
  }
  return out;
}

}  // namespace

TEST_CASE("encoder, cross cache, decoder: not a bit depends on the number of workers") {
  struct Kind {
    bool q8, q8_attention;
  };
  for (const Kind kind : {Kind{true, true}, Kind{true, false}, Kind{false, false}}) {
    test::SmallModel model(kind.q8, many_blocks(), kind.q8_attention);
    ThreadPool alone(1);
    const std::vector<float> whole = outcome(model, 0, alone), folded = outcome(model, 500, alone);
    CHECK(folded.size() < whole.size());
    for (int workers : {2, 4}) {
      ThreadPool pool(workers);
      auto space = Workspace::create(model.weights, kind.q8_attention, pool);
      REQUIRE(space.ok());
      model.space = std::move(space.value());
      CAPTURE(workers);
      // Again and again, since threads come by at other moments each time.
      for (int repeat = 0; repeat < 3; ++repeat) {
        CHECK((outcome(model, 0, pool) == whole));
        CHECK((outcome(model, 500, pool) == folded));
      }
    }
  }
}
