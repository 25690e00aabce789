// How the options of prompts and search reach what a session says.
#include <algorithm>

#include "unit/engine/engine_fixture.h"

using namespace sotto;
using test::noise;
using test::same_segments;
using test::transcribe;

namespace {

// Three windows of 30 s, the last one short.
constexpr size_t kLong_samples = 16000 * 70;

Engine& search_engine() {
  static const std::unique_ptr<Engine> engine = test::make_engine(test::quick_shape());
  return *engine;
}

}  // namespace

TEST_CASE("session: a window is told the text before it where that is asked for") {
  SessionOptions with, without;
  // Random models are never sure of anything, which is no reason to forget it.
  with.temperatures = without.temperatures = {0.0f};
  without.condition_on_previous_text = false;
  const std::vector<float> samples = noise(kLong_samples, 61);
  const auto told = transcribe(search_engine(), samples, 16000, with);
  const auto untold = transcribe(search_engine(), samples, 16000, without);
  REQUIRE(!told.empty());
  REQUIRE(!untold.empty());
  // The first window has nothing before it.
  CHECK(told[0].tokens == untold[0].tokens);
  CHECK(!same_segments(told, untold));

  // Text of a high temperature is not told.
  with.temperatures = without.temperatures = {1.0f};
  CHECK(same_segments(transcribe(search_engine(), samples, 16000, with),
                      transcribe(search_engine(), samples, 16000, without)));
  with.prompt_reset_on_temperature = 1.0f;
  CHECK(!same_segments(transcribe(search_engine(), samples, 16000, with),
                       transcribe(search_engine(), samples, 16000, without)));
}

TEST_CASE("session: a prompt is forgotten with the rest, a hotword never") {
  SessionOptions plain, prompted, hot;
  for (SessionOptions* options : {&plain, &prompted, &hot}) {
    options->condition_on_previous_text = false;
    options->temperatures = {0.0f};
    // Windows that end where their audio ends, so that all begin at the same times.
    options->timestamps = Timestamps::kNone;
  }
  prompted.initial_prompt = "abc";
  hot.hotwords = "abc";
  const std::vector<float> samples = noise(kLong_samples, 71);
  const auto none = transcribe(search_engine(), samples, 16000, plain);
  const auto first = transcribe(search_engine(), samples, 16000, prompted);
  const auto all = transcribe(search_engine(), samples, 16000, hot);
  REQUIRE(none.size() == 3);
  REQUIRE(first.size() == 3);
  REQUIRE(all.size() == 3);
  CHECK(first[0].avg_logprob != none[0].avg_logprob);
  CHECK(all[0].avg_logprob == first[0].avg_logprob);
  for (int i : {1, 2}) {
    CHECK(first[i].avg_logprob == none[i].avg_logprob);
    CHECK(all[i].avg_logprob != none[i].avg_logprob);
  }
}

TEST_CASE("session: the text begins with its prefix, once") {
  SessionOptions options;
  options.prefix = "ab";
  options.temperatures = {0.0f};
  const auto segments = transcribe(search_engine(), noise(kLong_samples, 81), 16000, options);
  REQUIRE(!segments.empty());
  const Tokenizer& tokenizer = search_engine().tokenizer();
  std::vector<int> expected = tokenizer.encode(" ab");
  expected.insert(expected.begin(), tokenizer.special().timestamp_begin);
  const std::vector<int>& tokens = segments[0].tokens;
  REQUIRE(tokens.size() >= expected.size());
  CHECK(std::equal(expected.begin(), expected.end(), tokens.begin()));
  CHECK(segments[0].start_s == 0);
}

TEST_CASE("session: beams, temperatures and seeds") {
  const std::vector<float> samples = noise(kLong_samples, 91);
  SessionOptions options;
  options.temperatures = {0.0f};
  const auto greedy = transcribe(search_engine(), samples, 16000, options);
  options.beam_size = 4;
  const auto beam = transcribe(search_engine(), samples, 16000, options);
  CHECK(!same_segments(greedy, beam));
  CHECK(same_segments(beam, transcribe(search_engine(), samples, 16000, options)));

  options.temperatures = {0.7f};
  const auto drawn = transcribe(search_engine(), samples, 16000, options);
  REQUIRE(!drawn.empty());
  CHECK(drawn[0].temperature == 0.7f);
  CHECK(same_segments(drawn, transcribe(search_engine(), samples, 16000, options)));
  options.seed = 1;
  CHECK(!same_segments(drawn, transcribe(search_engine(), samples, 16000, options)));
}
