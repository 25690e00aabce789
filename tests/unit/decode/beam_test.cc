#include "decode/beam.h"

#include <cstdint>

#include "decode/greedy.h"
#include "decode/probability.h"
#include "unit/support/scripted_model.h"

using namespace sotto;
using test::kEnd;
using test::ScriptedModel;

namespace {

using Text = std::vector<int>;

// Any text goes on with a few of eight tokens or ends, with scores that look random.
std::map<int, float> any_text(const Text& text, uint64_t seed) {
  uint64_t state = seed * 1000003 + 17;
  for (int token : text) state = (state ^ uint64_t(token)) * 6364136223846793005u + 1442695040888u;
  std::map<int, float> scores;
  for (int token = 0; token <= 8; ++token) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    scores[token == 8 ? kEnd : token] = float(state >> 40) * 0x1p-22f;
  }
  return scores;
}

struct Found {
  Text tokens;
  double sum = 0;
};

// openai-whisper's search as it is written there: whole texts in maps, nothing kept of the model.
Found plain_beam(uint64_t seed, const BeamOptions& options, int max_tokens) {
  const size_t beam = size_t(options.beam_size);
  const size_t most = size_t(std::max(1L, std::lround(options.patience * float(beam))));
  std::vector<Found> live(beam), ended;
  for (int i = 0; i < max_tokens && ended.size() < most; ++i) {
    std::vector<Found> candidates;
    for (const Found& text : live) {
      const auto scores = any_text(text.tokens, seed);
      double total = 0;
      for (const auto& [token, score] : scores) total += std::exp(double(score));
      std::vector<std::pair<double, int>> best;
      for (const auto& [token, score] : scores) best.push_back({-score, token});
      std::sort(best.begin(), best.end());
      best.resize(std::min(best.size(), beam + 1));
      for (const auto& [negative, token] : best) {
        Found next{text.tokens, text.sum - negative - std::log(total)};
        next.tokens.push_back(token);
        const bool known = std::any_of(candidates.begin(), candidates.end(),
                                       [&](const Found& c) { return c.tokens == next.tokens; });
        if (!known) candidates.push_back(next);
      }
    }
    std::stable_sort(candidates.begin(), candidates.end(),
                     [](const Found& a, const Found& b) { return a.sum > b.sum; });
    live.clear();
    for (Found& text : candidates) {
      if (live.size() == beam) break;
      if (text.tokens.back() != kEnd) {
        live.push_back(text);
      } else if (ended.size() < most) {
        text.tokens.pop_back();
        ended.push_back(text);
      }
    }
  }
  for (size_t i = 0; i < live.size() && ended.size() < beam; ++i) ended.push_back(live[i]);
  const auto score = [&](const Found& text) {
    const double length = double(text.tokens.size());
    if (!options.length_penalty) return text.sum / std::max(length, 1.0);
    return text.sum / std::pow((5 + length) / 6, double(*options.length_penalty));
  };
  return *std::max_element(ended.begin(), ended.end(),
                           [&](const Found& a, const Found& b) { return score(a) < score(b); });
}

DecodedWindow search(ScriptedModel& model, const BeamOptions& options, int max_tokens = 20) {
  test::Scores scores;
  BeamSearch beam(model, scores.rows, options);
  test::search_all(beam, test::no_rules(), max_tokens);
  return beam.result();
}

// After 1 only 3 follows, which is unlikely; after 2 comes 4 for sure. Greedy search takes 1.
std::map<int, float> garden_path(const Text& text) {
  const auto log_of = [](double p) { return float(std::log(p)); };
  if (text.empty()) return {{1, log_of(0.6)}, {2, log_of(0.4)}};
  if (text.size() > 1) return {{kEnd, 0.0f}};
  if (text[0] == 2) return {{4, 0.0f}};
  return {{3, log_of(0.3)}, {5, log_of(0.25)}, {6, log_of(0.25)}, {7, log_of(0.2)}};
}

}  // namespace

TEST_CASE("beam: finds the more probable text behind a less probable token") {
  ScriptedModel model(garden_path);
  test::Scores scores;
  GreedySearch greedy(model, scores.rows);
  test::search_all(greedy, test::no_rules());
  CHECK(greedy.result().tokens == Text{1, 3});
  CHECK(greedy.result().avg_logprob == doctest::Approx(std::log(0.6 * 0.3) / 3));

  const DecodedWindow window = search(model, {.beam_size = 2});
  CHECK(window.tokens == Text{2, 4});
  CHECK(window.avg_logprob == doctest::Approx(std::log(0.4) / 3));
  CHECK(window.temperature == 0.0f);
  CHECK(model.most_rows == 2);
}

TEST_CASE("beam: of any model, what the reference's search finds") {
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    BeamOptions options;
    options.beam_size = 1 + int(seed % 6);
    options.patience = seed % 3 == 0 ? 2.0f : seed % 3 == 1 ? 1.0f : 0.5f;
    if (seed % 4 == 0) options.length_penalty = 0.6f;
    ScriptedModel model([seed](const Text& text) { return any_text(text, seed); });
    const int max_tokens = seed % 5 == 0 ? 3 : 12;
    const Found expected = plain_beam(seed, options, max_tokens);
    const DecodedWindow window = search(model, options, max_tokens);
    CAPTURE(seed);
    CHECK(window.tokens == expected.tokens);
    CHECK(window.avg_logprob ==
          doctest::Approx(expected.sum / double(expected.tokens.size() + 1)).epsilon(1e-5));
    CHECK(model.most_rows <= options.beam_size);
  }
}

TEST_CASE("beam: behind words that were said the text may end at once") {
  const auto script = [](const Text& text) -> std::map<int, float> {
    if (!text.empty()) return {{kEnd, 0.0f}};
    return {{1, -1.2f}, {2, -1.4f}, {kEnd, -0.8f}};
  };
  LogitsRules rules = test::no_rules();
  rules.blank_tokens = {220};
  for (const Text& said : {Text{}, Text{5}}) {
    rules.said = said;
    ScriptedModel model(script);
    test::Scores scores;
    BeamSearch beam(model, scores.rows, {.beam_size = 2});
    test::search_all(beam, rules);
    CHECK(beam.result().tokens.empty() == !said.empty());
  }
}

TEST_CASE("beam: patience waits for more endings") {
  // The end is most probable at once; a longer text is better in the mean.
  const auto script = [](const Text& text) -> std::map<int, float> {
    if (text.empty()) return {{1, -0.5f}, {2, -1.0f}, {3, -1.5f}};
    if (text.size() >= 6) return {{kEnd, 0.0f}};
    return {{kEnd, 0.0f}, {text[0], -0.1f}};
  };
  int steps[2];
  for (int i : {0, 1}) {
    ScriptedModel model(script);
    search(model, {.beam_size = 2, .patience = i == 0 ? 1.0f : 3.0f});
    steps[i] = model.steps;
  }
  CHECK(steps[1] > steps[0]);
}

TEST_CASE("beam: the length penalty decides between long and short") {
  const std::vector<Hypothesis> texts = {{{1, 1}, -2.0}, {{2, 2, 2, 2, 2, 2, 2, 2}, -6.0}};
  CHECK(best_hypothesis(texts, std::nullopt) == 1);  // -1 and -0.75 a token
  CHECK(best_hypothesis(texts, 0.0f) == 0);          // -2 and -6
  CHECK(best_hypothesis(texts, 1.0f) == 0);          // -2 / (7/6) and -6 / (13/6)
  const std::vector<Hypothesis> equal = {{{1}, -1.0}, {{2}, -1.0}, {{}, -1.0}};
  CHECK(best_hypothesis(equal, std::nullopt) == 0);
}

TEST_CASE("beam: rules hold for each text of its own") {
  LogitsRules rules = test::no_rules();
  rules.no_repeat_ngram_size = 1;
  ScriptedModel model([](const Text&) -> std::map<int, float> {
    return {{1, 2.0f}, {2, 1.5f}, {3, 1.0f}, {kEnd, -3.0f}};
  });
  test::Scores scores;
  BeamSearch beam(model, scores.rows, {.beam_size = 3});
  test::search_all(beam, rules);
  Text sorted = beam.result().tokens;
  std::sort(sorted.begin(), sorted.end());
  CHECK(sorted == Text{1, 2, 3});
}

TEST_CASE("beam: fewer ways to go on than hypotheses, none at all, and errors of the model") {
  ScriptedModel narrow([](const Text& text) -> std::map<int, float> {
    if (text.size() < 3) return {{1, 0.0f}};
    return {{kEnd, 0.0f}};
  });
  CHECK(search(narrow, {.beam_size = 5}).tokens == Text{1, 1, 1});

  ScriptedModel mute([](const Text& text) -> std::map<int, float> {
    if (text.size() < 2) return {{1, 0.0f}, {2, -1.0f}};
    return {};
  });
  CHECK(search(mute, {.beam_size = 2}).tokens == Text{1, 1});

  ScriptedModel not_numbers(
      [](const Text&) -> std::map<int, float> { return {{1, NAN}, {2, INFINITY}, {3, 0.0f}}; });
  CHECK(std::isfinite(search(not_numbers, {.beam_size = 2}, 4).avg_logprob));

  ScriptedModel failing([](const Text& text) { return any_text(text, 1); });
  failing.fail_at_step = 2;
  test::Scores scores;
  BeamSearch beam(failing, scores.rows, {.beam_size = 3});
  const LogitsRules rules = test::no_rules();
  REQUIRE(beam.begin({{1}, 0}, rules, 9).ok());
  Status status;
  for (int i = 0; i < 5 && status.ok(); ++i) status = beam.step().status();
  CHECK(status.code() == Code::kOutOfMemory);
}

TEST_CASE("beam: a prompt that the model has heard already is not fed again") {
  const LogitsRules rules = test::no_rules();
  ScriptedModel model([](const Text& text) { return any_text(text, 3); }, 5);
  test::Scores scores;
  Prompt prompt{{1, 2, 3, 4, 5}, 0};
  BeamSearch whole(model, scores.rows, {.beam_size = 3});
  test::search_all(whole, rules, 9, prompt);
  CHECK(model.clears == 1);
  // What the search left there is several hypotheses, longer than the prompt.
  prompt.fed_tokens = 4;
  BeamSearch again(model, scores.rows, {.beam_size = 3});
  test::search_all(again, rules, 9, prompt);
  CHECK(model.clears == 1);
  CHECK(again.result().tokens == whole.result().tokens);
  CHECK(again.result().avg_logprob == whole.result().avg_logprob);
}
