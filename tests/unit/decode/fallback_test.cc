#include "decode/fallback.h"

#include "unit/io/model_fixtures.h"
#include "unit/support/scripted_model.h"

using namespace sotto;
using test::kEnd;
using test::ScriptedModel;

namespace {

using Text = std::vector<int>;

const Tokenizer& tokenizer() {
  static const Tokenizer value = [] {
    auto created =
        Tokenizer::create(test::fixture_vocabulary(test::kScriptVocab), test::kScriptVocab);
    REQUIRE_MESSAGE(created.ok(), created.status().message());
    return std::move(created.value());
  }();
  return value;
}

// "aaaa...", which every attempt says where `certain`; otherwise "b" is nearly as probable, and is
// drawn above temperature 0.
ScriptedModel::Script loop(bool certain) {
  const int a = tokenizer().encode("a")[0], b = tokenizer().encode("b")[0];
  return [=](const Text& text) -> std::map<int, float> {
    if (text.size() == 40) return {{kEnd, 0.0f}};
    if (certain) return {{a, 0.0f}};
    return {{a, 0.0f}, {b, -0.05f}};
  };
}

// One token of `ways` equally probable ones: a mean log-probability of -ln(ways) / 2, the end
// included. `no_speech` is the probability of <|nospeech|>.
ScriptedModel::Script doubt(int ways, float no_speech) {
  const SpecialTokens special = special_tokens(test::kScriptVocab);
  return [=](const Text& text) -> std::map<int, float> {
    if (text.size() == 1) return {{kEnd, 0.0f}};
    std::map<int, float> scores = {{special.no_speech, std::log(no_speech)}};
    for (int i = 0; i < ways; ++i) scores[i] = std::log((1 - no_speech) / float(ways));
    return scores;
  };
}

struct Run {
  DecodedWindow window;
  float last_temperature = 0;
  int attempts = 0;
  int most_rows = 0;
};

Run run(const ScriptedModel::Script& script, const FallbackOptions& options) {
  ScriptedModel model(script);
  test::Scores scores;
  FallbackSearch search(model, scores.rows, tokenizer(), options);
  LogitsRules rules = test::no_rules();
  rules.suppressed = {rules.special.no_speech};
  test::search_all(search, rules, 200);
  return {search.result(), search.last_temperature(), model.clears, model.most_rows};
}

}  // namespace

TEST_CASE("fallback: verdicts are the references' comparisons") {
  FallbackOptions options;
  const auto verdict = [&](float ratio, float logprob, float no_speech) {
    DecodedWindow window;
    window.compression_ratio = ratio;
    window.avg_logprob = logprob;
    window.no_speech_prob = no_speech;
    return judge(window, options);
  };
  CHECK(verdict(2.4f, -1.0f, 0.6f).accepted());
  CHECK(verdict(2.41f, -0.1f, 0.0f).repetitive);
  CHECK(!verdict(2.41f, -0.1f, 0.9f).accepted());
  CHECK(verdict(1.0f, -1.01f, 0.0f).improbable);
  CHECK(!verdict(1.0f, -1.01f, 0.6f).accepted());
  // Silence is not tried again, whatever was written.
  CHECK(verdict(1.0f, -1.01f, 0.61f).silent);
  CHECK(verdict(9.0f, -1.01f, 0.61f).accepted());
}

TEST_CASE("fallback: good text is taken at once") {
  const Run good = run(doubt(2, 0.1f), {});
  CHECK(good.attempts == 1);
  CHECK(good.window.temperature == 0.0f);
  CHECK(good.most_rows <= 1);
  CHECK(good.window.no_speech_prob == doctest::Approx(0.1));
  CHECK(good.window.compression_ratio > 0);
}

TEST_CASE("fallback: a loop is left at a higher temperature") {
  const Run run_on = run(loop(false), {});
  CHECK(run_on.attempts == 2);
  CHECK(run_on.window.temperature == 0.2f);
  CHECK(run_on.last_temperature == 0.2f);
  CHECK(run_on.window.compression_ratio < 2.4f);
  CHECK(run_on.most_rows == 5);

  FallbackOptions tolerant;
  tolerant.compression_ratio_threshold = 100;
  tolerant.log_prob_threshold = -10;
  CHECK(run(loop(false), tolerant).attempts == 1);
}

TEST_CASE("fallback: where nothing is good, the most probable is taken") {
  const Run all_loops = run(loop(true), {});
  CHECK(all_loops.attempts == 6);
  CHECK(all_loops.last_temperature == 1.0f);
  CHECK(all_loops.window.tokens.size() == 40);

  // Of loops and improbable texts one that is no loop.
  FallbackOptions strict;
  strict.log_prob_threshold = -0.5f;
  const Run varied = run(loop(false), strict);
  CHECK(varied.attempts == 6);
  CHECK(varied.last_temperature == 1.0f);
  CHECK(varied.window.compression_ratio < 2.4f);
  CHECK(varied.window.temperature > 0);
}

TEST_CASE("fallback: improbable text is tried again unless it is silence") {
  CHECK(run(doubt(20, 0.1f), {}).attempts == 6);
  CHECK(run(doubt(20, 0.7f), {}).attempts == 1);
  FallbackOptions once;
  once.temperatures = {0.0f};
  CHECK(run(doubt(20, 0.1f), once).attempts == 1);
}

TEST_CASE("fallback: beams at temperature 0, and the seed decides above") {
  FallbackOptions options;
  options.beam.beam_size = 3;
  CHECK(run(doubt(3, 0.1f), options).most_rows == 3);
  options.beam.beam_size = 1;
  options.sampling.best_of = 2;
  options.temperatures = {1.0f};
  const Run first = run(loop(false), options);
  CHECK(first.most_rows == 2);
  CHECK(run(loop(false), options).window.tokens == first.window.tokens);
  options.seed = 7;
  CHECK(run(loop(false), options).window.tokens != first.window.tokens);
}
