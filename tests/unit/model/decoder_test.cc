#include "model/decoder.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "decode/search.h"
#include "unit/support/small_model.h"

using namespace sotto;

namespace {

// Room for several pages of the cache.
test::ModelRecipe long_context() {
  test::ModelRecipe recipe;
  recipe.hp.n_text_ctx = 64;
  return recipe;
}

}  // namespace

TEST_CASE("decoder: a prompt in one pass equals its tokens one by one") {
  test::SmallModel model;
  model.listen(4);
  Decoder& decoder = model.space->decoder();
  KvCache& past = model.space->past();
  const std::vector<int> tokens = {5, 17, 200, 3, 99};
  past.resize(0);
  REQUIRE(decoder.forward(tokens, past, model.space->cross()).ok());
  const std::vector<float> batch = model.logits(4);

  past.resize(0);
  for (int token : tokens) {
    REQUIRE(decoder.forward(std::span(&token, 1), past, model.space->cross()).ok());
  }
  CHECK(model.logits(0) == batch);
  CHECK(past.size_tokens() == 5);
}

TEST_CASE("decoder: taking tokens back and saying others is as if they had never been") {
  test::SmallModel model;
  model.listen(5);
  Decoder& decoder = model.space->decoder();
  KvCache& past = model.space->past();
  const CrossCache& audio = model.space->cross();
  past.resize(0);
  REQUIRE(decoder.forward(std::vector<int>{1, 2, 3}, past, audio).ok());
  const std::vector<float> expected = model.logits(2);
  past.resize(1);
  REQUIRE(decoder.forward(std::vector<int>{8, 9}, past, audio).ok());
  CHECK(model.logits(1) != expected);
  past.resize(1);
  REQUIRE(decoder.forward(std::vector<int>{2, 3}, past, audio).ok());
  CHECK(model.logits(1) == expected);
}

TEST_CASE("decoder: what it cannot take is refused, and it works on") {
  test::SmallModel model;
  model.listen(6);
  Decoder& decoder = model.space->decoder();
  KvCache& past = model.space->past();
  const CrossCache& audio = model.space->cross();
  past.resize(0);
  const int n_vocab = model.weights.hp.n_vocab;
  CHECK(decoder.forward(std::vector<int>{}, past, audio).code() == Code::kInvalidArgument);
  CHECK(decoder.forward(std::vector<int>{-1}, past, audio).code() == Code::kInvalidArgument);
  CHECK(decoder.forward(std::vector<int>{n_vocab}, past, audio).code() == Code::kInvalidArgument);
  const std::vector<int> long_prompt(Decoder::kMaxBatch_tokens + 1, 1);
  CHECK(decoder.forward(long_prompt, past, audio).code() == Code::kInvalidArgument);
  CHECK(past.size_tokens() == 0);

  while (past.size_tokens() < past.capacity_tokens() - 1) {
    REQUIRE(decoder.forward(std::vector<int>{1}, past, audio).ok());
  }
  CHECK(decoder.forward(std::vector<int>{1, 2}, past, audio).code() == Code::kInvalidArgument);
  CHECK(decoder.forward(std::vector<int>{1}, past, audio).ok());
  CHECK(past.size_tokens() == past.capacity_tokens());
}

TEST_CASE("decoder: hypotheses in one pass say what each says alone") {
  for (bool q8 : {true, false}) {
    test::SmallModel model(q8, long_context());
    model.listen(7);
    Decoder& decoder = model.space->decoder();
    KvCache& past = model.space->past();
    const CrossCache& audio = model.space->cross();
    // Three texts that part in the middle of a page, and again at its end.
    const std::vector<int> prompt = {5, 17, 200, 3, 99};
    std::vector<std::vector<int>> texts = {prompt, prompt, prompt};
    past.clear();
    REQUIRE(decoder.forward(prompt, past, audio).ok());
    past.select(std::vector<int>{0, 0, 0});
    for (int i = 0; i < 40; ++i) {
      if (i % 11 == 5) {
        // The last goes on twice, the first is given up.
        past.select(std::vector<int>{2, 1, 2});
        texts[0] = texts[2];
      }
      const std::vector<int> next = {i, 2 * i + 1, 100 + i};
      REQUIRE(decoder.step(next, past, audio).ok());
      for (int h = 0; h < 3; ++h) texts[h].push_back(next[h]);
    }
    ScoreRows scores(model.space->scores());
    const Result<ScoreTable> rows = scores.rows(3);
    REQUIRE(rows.ok());
    decoder.score(0, rows.value());
    const float* together = rows->values.data;
    CHECK(past.size_tokens() == 45);
    for (int h = 0; h < 3; ++h) {
      const std::vector<float> one = model.logits(h);
      CHECK(std::equal(one.begin(), one.end(), together + h * one.size()));
    }
    for (int h = 0; h < 3; ++h) {
      past.clear();
      for (int token : texts[h]) {
        REQUIRE(decoder.forward(std::span(&token, 1), past, audio).ok());
      }
      const std::vector<float> alone = model.logits(0);
      CHECK(std::equal(alone.begin(), alone.end(), together + h * alone.size()));
    }
  }
}

TEST_CASE("decoder: a pass must fit the hypotheses") {
  test::SmallModel model;
  model.listen(8);
  Decoder& decoder = model.space->decoder();
  KvCache& past = model.space->past();
  const CrossCache& audio = model.space->cross();
  past.clear();
  REQUIRE(decoder.forward(std::vector<int>{1, 2}, past, audio).ok());
  CHECK(decoder.step(std::vector<int>{1, 2}, past, audio).code() == Code::kInvalidArgument);
  past.select(std::vector<int>{0, 0});
  CHECK(decoder.forward(std::vector<int>{1}, past, audio).code() == Code::kInvalidArgument);
  CHECK(decoder.step(std::vector<int>{1}, past, audio).code() == Code::kInvalidArgument);
  CHECK(decoder.step(std::vector<int>{1, -1}, past, audio).code() == Code::kInvalidArgument);
  CHECK(past.size_tokens() == 2);
  CHECK(decoder.step(std::vector<int>{1, 1}, past, audio).ok());
  CHECK(past.size_tokens() == 3);
}
