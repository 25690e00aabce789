#include "decode/draft_search.h"

#include <doctest/doctest.h>

#include <vector>

#include "decode/decoder_model.h"
#include "decode/greedy.h"
#include "unit/support/small_model.h"

using namespace sotto;

namespace {

struct Fixture {
  Fixture() : model(true, test::heads_recipe(96)), scores(model.space->scores()) {
    model.listen(5);
    rules.special = special_tokens(model.weights.hp.n_vocab);
    rules.timestamps = false;
    // Random weights say the same again and again; without it the text varies.
    rules.no_repeat_ngram_size = 1;
    queries.resize(kTapped * 16);
    tap = QueryTap(heads, queries.data(), kTapped, 16);
    prompt.tokens = {rules.special.sot, 7, 11};
    prompt.prefix_tokens = 2;
    rules.said = {7, 11};
  }

  DraftResult run(std::vector<int> draft, int max_tokens = kMost) {
    Workspace& space = *model.space;
    DraftSearch search(space.decoder(), space.past(), space.cross(), scores);
    const Status status = search.run(prompt, draft, rules, max_tokens, tap);
    REQUIRE_MESSAGE(status.ok(), status.message());
    return search.result();
  }

  static constexpr int kTapped = 80, kMost = 60;
  test::SmallModel model;
  ScoreRows scores;
  LogitsRules rules;
  std::vector<AlignmentHead> heads = {{1, 1}};
  std::vector<float> queries;
  QueryTap tap;
  Prompt prompt;
};

}  // namespace

TEST_CASE("a draft changes nothing but the number of passes") {
  Fixture f;
  const DraftResult alone = f.run({});
  REQUIRE(alone.tokens.size() > 20);
  const std::vector<float> queries = f.queries;
  const size_t half = alone.tokens.size() / 2;
  std::vector<int> wrong = alone.tokens;
  wrong[half] = wrong[half] == 5 ? 6 : 5;
  const std::vector<int> begun(alone.tokens.begin(), alone.tokens.begin() + half);
  std::vector<int> longer = alone.tokens;
  longer.insert(longer.end(), {1, 2, 3});
  for (const std::vector<int>& draft : {alone.tokens, wrong, begun, longer, {3, 2, 1}}) {
    std::fill(f.queries.begin(), f.queries.end(), 0.0f);
    const DraftResult drafted = f.run(draft);
    CHECK(drafted.tokens == alone.tokens);
    REQUIRE(drafted.probability.size() == alone.tokens.size());
    for (size_t i = 0; i < alone.tokens.size(); ++i) {
      CHECK(drafted.probability[i] == doctest::Approx(alone.probability[i]).epsilon(1e-4));
    }
    CHECK(drafted.avg_logprob == doctest::Approx(alone.avg_logprob).epsilon(1e-4));
    CHECK(drafted.no_speech_prob == doctest::Approx(alone.no_speech_prob).epsilon(1e-4));
    const size_t tapped = (f.prompt.tokens.size() + alone.tokens.size()) * 16;
    for (size_t i = 0; i < tapped; ++i) {
      CHECK(f.queries[i] == doctest::Approx(queries[i]).epsilon(1e-3));
    }
  }
}

TEST_CASE("a text of another search has the probabilities and queries that it has as a draft") {
  Fixture f;
  Workspace& space = *f.model.space;
  DraftSearch search(space.decoder(), space.past(), space.cross(), f.scores);
  REQUIRE(search.run(f.prompt, {}, f.rules, Fixture::kMost, f.tap).ok());
  const DraftResult greedy = search.result();
  const std::vector<float> queries = f.queries;
  // Several hypotheses are in the cache, as a beam leaves them.
  space.past().select(std::vector<int>{0, 0, 0});
  REQUIRE(search.follow(f.prompt, greedy.tokens, f.rules, f.tap).ok());
  CHECK(search.result().tokens == greedy.tokens);
  CHECK(search.result().no_speech_prob == greedy.no_speech_prob);
  for (size_t i = 0; i < greedy.tokens.size(); ++i) {
    CHECK(search.result().probability[i] == doctest::Approx(greedy.probability[i]).epsilon(1e-4));
  }
  for (size_t i = 0; i < queries.size(); ++i) {
    CHECK(f.queries[i] == doctest::Approx(queries[i]).epsilon(1e-3));
  }
}

TEST_CASE("a text that no greedy search would find is followed to its end, or to none") {
  Fixture f;
  const DraftResult greedy = f.run({});
  Workspace& space = *f.model.space;
  DraftSearch search(space.decoder(), space.past(), space.cross(), f.scores);
  REQUIRE(search.run(f.prompt, {}, f.rules, Fixture::kMost, f.tap).ok());
  std::vector<int> other(40);
  for (int i = 0; i < 40; ++i) other[i] = 100 + i;
  REQUIRE(search.follow(f.prompt, other, f.rules, f.tap).ok());
  CHECK(search.result().tokens == other);
  CHECK(search.result().probability.size() == other.size());
  CHECK(search.result().avg_logprob < greedy.avg_logprob);
  REQUIRE(search.follow(f.prompt, {}, f.rules, f.tap).ok());
  CHECK(search.result().tokens.empty());
  // Drafts are checked again after that.
  REQUIRE(search.run(f.prompt, other, f.rules, Fixture::kMost, f.tap).ok());
  CHECK(search.result().tokens == greedy.tokens);
}

TEST_CASE("without a draft it is greedy search") {
  Fixture f;
  Workspace& space = *f.model.space;
  DecoderModel model(space.decoder(), space.past(), space.cross());
  GreedySearch greedy(model, f.scores);
  REQUIRE(greedy.begin(f.prompt, f.rules, Fixture::kMost).ok());
  for (bool done = false; !done;) {
    const Result<bool> step = greedy.step();
    REQUIRE(step.ok());
    done = step.value();
  }
  const DraftResult result = f.run({});
  CHECK(result.tokens == greedy.result().tokens);
  CHECK(result.no_speech_prob == doctest::Approx(greedy.result().no_speech_prob));
}

TEST_CASE("what there is no room for is not chosen") {
  Fixture f;
  const DraftResult whole = f.run({});
  CHECK(f.run({}, 0).tokens.empty());
  CHECK(f.run({1, 2, 3}, -1).tokens.empty());
  CHECK(f.run(whole.tokens, 5).tokens ==
        std::vector<int>(whole.tokens.begin(), whole.tokens.begin() + 5));
  // The tap's room, of which the prompt takes three.
  f.tap = QueryTap(f.heads, f.queries.data(), 13, 16);
  CHECK(f.run(whole.tokens).tokens.size() == 10);
  Workspace& space = *f.model.space;
  DraftSearch search(space.decoder(), space.past(), space.cross(), f.scores);
  REQUIRE(search.run(f.prompt, {}, f.rules, 5, f.tap).ok());
  REQUIRE(search.follow(f.prompt, whole.tokens, f.rules, f.tap).ok());
  CHECK(search.result().tokens ==
        std::vector<int>(whole.tokens.begin(), whole.tokens.begin() + 10));
}

TEST_CASE("a token that the vocabulary does not have is an error") {
  Fixture f;
  f.prompt.tokens = {f.model.weights.hp.n_vocab};
  f.prompt.prefix_tokens = 0;
  Workspace& space = *f.model.space;
  DraftSearch search(space.decoder(), space.past(), space.cross(), f.scores);
  CHECK(search.run(f.prompt, {}, f.rules, 5, f.tap).code() == Code::kInvalidArgument);
}
