#include "model/decoder.h"

#include <doctest/doctest.h>

#include <vector>

#include "unit/support/small_model.h"

using namespace sotto;

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

  past.resize(past.capacity_tokens() - 1);
  CHECK(decoder.forward(std::vector<int>{1, 2}, past, audio).code() == Code::kInvalidArgument);
  CHECK(decoder.forward(std::vector<int>{1}, past, audio).ok());
  CHECK(past.size_tokens() == past.capacity_tokens());
}
