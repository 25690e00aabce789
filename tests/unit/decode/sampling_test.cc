#include "decode/sampling.h"

#include <set>

#include "unit/support/scripted_model.h"

using namespace sotto;
using test::kEnd;
using test::ScriptedModel;

namespace {

using Text = std::vector<int>;

std::map<int, float> coin(const Text& text) {
  if (text.size() == 8) return {{kEnd, 0.0f}};
  return {{1, 0.0f}, {2, 0.0f}};
}

DecodedWindow sample(const ScriptedModel::Script& script, uint64_t seed, float temperature,
                     int best_of, int max_tokens = 20) {
  ScriptedModel model(script);
  test::Scores scores;
  RandomNumbers random(seed);
  SampleSearch search(model, scores.rows, {.best_of = best_of}, random);
  search.set_temperature(temperature);
  test::search_all(search, test::no_rules(), max_tokens);
  CHECK(model.most_rows <= best_of);
  return search.result();
}

}  // namespace

TEST_CASE("sampling: draws tokens as often as they are probable") {
  // Several blocks of scores, and impossible tokens between the possible ones.
  std::vector<float> logits(1700, -INFINITY);
  const std::map<int, double> expected = {{3, 0.5}, {511, 0.125}, {512, 0.25}, {1699, 0.125}};
  for (const auto& [token, p] : expected) logits[token] = float(std::log(p)) + 3;
  logits[100] = NAN;
  RandomNumbers random(5);
  std::map<int, int> drawn;
  constexpr int kDraws = 20000;
  for (int i = 0; i < kDraws; ++i) ++drawn[draw_token(logits, random)];
  CHECK(drawn.size() == expected.size());
  // Five deviations of the binomial distribution.
  for (const auto& [token, p] : expected) {
    CAPTURE(token);
    CHECK(std::fabs(drawn[token] - p * kDraws) < 5 * std::sqrt(kDraws * p * (1 - p)));
  }
}

TEST_CASE("sampling: temperature flattens what is drawn, and not what it is worth") {
  const double p = 0.9;
  for (float temperature : {0.5f, 1.0f, 2.0f}) {
    const double weight = std::pow(p / (1 - p), 1 / double(temperature));
    RandomNumbers random(11);
    int first = 0;
    constexpr int kDraws = 5000;
    for (int i = 0; i < kDraws; ++i) {
      std::vector<float> logits = {float(std::log(p)), float(std::log(1 - p))};
      scale_logits(logits, temperature);
      first += draw_token(logits, random) == 0 ? 1 : 0;
    }
    const double expected = weight / (weight + 1);
    CHECK(std::fabs(first - expected * kDraws) < 5 * std::sqrt(kDraws * expected * (1 - expected)));
  }
  const DecodedWindow window = sample(coin, 1, 0.7f, 1);
  CHECK(window.tokens.size() == 8);
  CHECK(window.avg_logprob == doctest::Approx(8 * std::log(0.5) / 9));
  CHECK(window.temperature == 0.7f);
}

TEST_CASE("sampling: nothing to draw from, or too much") {
  RandomNumbers random(1);
  CHECK(draw_token(std::vector<float>(5, -INFINITY), random) == -1);
  CHECK(draw_token(std::vector<float>(5, NAN), random) == -1);
  CHECK(draw_token(std::vector<float>{}, random) == -1);
  CHECK(draw_token(std::vector<float>{1, INFINITY, 2}, random) == 1);
  const auto mute = [](const Text&) { return std::map<int, float>(); };
  CHECK(sample(mute, 1, 1.0f, 3).tokens.empty());
}

TEST_CASE("sampling: a seed gives one text, another seed another") {
  std::set<Text> texts;
  for (uint64_t seed = 0; seed < 8; ++seed) {
    const Text text = sample(coin, seed, 1.0f, 1).tokens;
    CHECK(sample(coin, seed, 1.0f, 1).tokens == text);
    texts.insert(text);
  }
  CHECK(texts.size() > 4);
}

TEST_CASE("sampling: the first numbers of the generator are those of its paper's code") {
  RandomNumbers random(1234567);
  CHECK(random.next() == 6457827717110365317u);
  CHECK(random.next() == 3203168211198807973u);
  for (int i = 0; i < 100; ++i) {
    const double fraction = random.fraction();
    CHECK(fraction >= 0);
    CHECK(fraction < 1);
  }
}

TEST_CASE("sampling: of several texts the most probable for its length is taken") {
  // Text 1 is certain once begun, text 2 tosses coins.
  const auto script = [](const Text& text) -> std::map<int, float> {
    if (text.empty()) return {{1, 0.0f}, {2, 0.0f}};
    if (text.size() == 6) return {{kEnd, 0.0f}};
    if (text[0] == 1) return {{1, 0.0f}};
    return {{2, 0.0f}, {3, 0.0f}};
  };
  int best_of_one = 0, best_of_many = 0;
  for (uint64_t seed = 0; seed < 40; ++seed) {
    best_of_one += sample(script, seed, 1.0f, 1).tokens[0] == 1 ? 1 : 0;
    best_of_many += sample(script, seed, 1.0f, 8).tokens[0] == 1 ? 1 : 0;
  }
  CHECK(best_of_one < 32);
  CHECK(best_of_many > 36);
}

TEST_CASE("sampling: texts end one by one, and the rest goes on") {
  // A text's first token says how long it is.
  const auto script = [](const Text& text) -> std::map<int, float> {
    if (text.empty()) return {{1, 0.0f}, {3, 0.0f}, {5, 0.0f}, {7, 0.0f}};
    if (int(text.size()) >= text[0]) return {{kEnd, 0.0f}};
    return {{100 + text[0], 0.0f}};
  };
  ScriptedModel model(script);
  test::Scores scores;
  RandomNumbers random(3);
  SampleSearch search(model, scores.rows, {.best_of = 12}, random);
  search.set_temperature(1.0f);
  test::search_all(search, test::no_rules());
  // ln(1/4) over the length: the longest is best, and was never mixed up with another.
  CHECK(search.result().tokens == Text{7, 107, 107, 107, 107, 107, 107});
  CHECK(model.steps == 7);
}
