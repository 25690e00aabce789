#include "decode/word_align.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "decode/time_warp.h"
#include "kernels/median_filter.h"
#include "unit/support/cross_rows.h"
#include "unit/support/small_model.h"

using namespace sotto;

namespace {

struct Fixture {
  explicit Fixture(bool q8 = true)
      : model(q8, test::heads_recipe()), scores(model.space->scores()) {
    model.listen(5);
    special = special_tokens(model.weights.hp.n_vocab);
    test::Random random(9);
    for (int i = 0; i < 45; ++i) {
      text.push_back(static_cast<int>(random.uniform(0, 1) * float(special.end_of_text - 1)));
    }
  }

  WordAligner::Parts parts() {
    Workspace& space = *model.space;
    return {space.decoder(), space.past(), scores, model.caller_only};
  }
  TokenTimes align(int positions, double budget_ms = 0) {
    WordAligner aligner(parts(), heads, special);
    const std::vector<int> before = start();
    REQUIRE(aligner.begin({before, text, positions}, model.space->cross()).ok());
    for (int slices = 0; slices < 10'000; ++slices) {
      const auto done = aligner.run(Deadline(budget_ms), nullptr);
      REQUIRE(done.ok());
      if (done.value()) return aligner.result();
    }
    FAIL("never done");
    return {};
  }
  std::vector<int> start() const { return {special.sot}; }

  test::SmallModel model;
  ScoreRows scores;
  SpecialTokens special;
  std::vector<AlignmentHead> heads = {{0, 1}, {1, 0}, {1, 1}};
  std::vector<int> text;
};

std::vector<float> softmax(std::vector<float> x) {
  const float largest = *std::max_element(x.begin(), x.end());
  float sum = 0;
  for (float& value : x) sum += value = std::exp(value - largest);
  for (float& value : x) value /= sum;
  return x;
}

// The same by plain loops over queries of a pass token by token.
TokenTimes plain_align(Fixture& f, int positions) {
  std::vector<int> tokens = f.start();
  tokens.push_back(f.special.no_timestamps);
  const int text_begin = static_cast<int>(tokens.size());
  tokens.insert(tokens.end(), f.text.begin(), f.text.end());
  tokens.push_back(f.special.end_of_text);
  const int n = static_cast<int>(tokens.size()), d = f.model.space->cross().head_size();
  std::vector<float> queries(f.heads.size() * n * d);
  QueryTap tap(f.heads, queries.data(), n, d);
  Decoder& decoder = f.model.space->decoder();
  f.model.space->past().clear();
  decoder.set_tap(&tap);
  TokenTimes times;
  for (int i = 0; i < n; ++i) {
    REQUIRE(
        decoder
            .forward(std::span(tokens).subspan(i, 1), f.model.space->past(), f.model.space->cross())
            .ok());
    std::vector<float> logits = f.model.logits(0);
    logits.resize(f.special.end_of_text);
    const int next = i + 1 - text_begin;
    if (next >= 0 && next < static_cast<int>(f.text.size())) {
      times.probability.push_back(softmax(logits)[f.text[next]]);
    }
  }
  decoder.set_tap(nullptr);

  const int rows = static_cast<int>(f.text.size()) + 1;
  std::vector<float> gain(static_cast<size_t>(rows) * positions);
  for (size_t h = 0; h < f.heads.size(); ++h) {
    const test::CrossRows audio(f.model.space->cross(), f.heads[h].layer, f.heads[h].head);
    std::vector<std::vector<float>> weights(n);
    for (int t = 0; t < n; ++t) {
      for (int p = 0; p < positions; ++p) {
        float score = 0;
        for (int i = 0; i < d; ++i) {
          score += tap.queries(static_cast<int>(h)).row(t)[i] * audio.keys[p * d + i];
        }
        weights[t].push_back(score / std::sqrt(float(d)));
      }
      weights[t] = softmax(weights[t]);
    }
    for (int p = 0; p < positions; ++p) {
      double mean = 0, square = 0;
      for (int t = 0; t < n; ++t) mean += weights[t][p] / n;
      for (int t = 0; t < n; ++t) square += std::pow(weights[t][p] - mean, 2) / n;
      for (int t = 0; t < n; ++t) weights[t][p] = float((weights[t][p] - mean) / std::sqrt(square));
    }
    for (int r = 0; r < rows; ++r) {
      add_median7_f32(weights[text_begin - 1 + r].data(), positions,
                      gain.data() + static_cast<ptrdiff_t>(r) * positions);
    }
  }
  std::vector<uint8_t> moves(gain.size());
  std::vector<float> costs(2 * (static_cast<size_t>(rows) + 1));
  times.first_position.resize(rows);
  warp_time(ConstMatrixF32(gain.data(), rows, positions), moves, costs, times.first_position);
  return times;
}

}  // namespace

TEST_CASE("word align: equal to plain loops, f32 and int8, whatever part is audio") {
  for (bool q8 : {true, false}) {
    Fixture f(q8);
    for (int positions : {1, 3, 40, 100}) {
      const TokenTimes expected = plain_align(f, positions);
      const TokenTimes actual = f.align(positions);
      CAPTURE(positions);
      CHECK(actual.first_position == expected.first_position);
      REQUIRE(actual.probability.size() == f.text.size());
      for (size_t i = 0; i < f.text.size(); ++i) {
        CHECK(actual.probability[i] == doctest::Approx(expected.probability[i]).epsilon(1e-3));
      }
      CHECK(actual.first_position.back() < positions);
    }
  }
}

TEST_CASE("word align: in slices the same to the bit, and again the same") {
  Fixture f;
  const TokenTimes whole = f.align(80);
  const TokenTimes sliced = f.align(80, 1e-6);
  CHECK(sliced.first_position == whole.first_position);
  CHECK(sliced.probability == whole.probability);
}

TEST_CASE("word align: folded padding does not move the times") {
  Fixture f;
  Workspace& space = *f.model.space;
  f.model.fill_mel(5);
  space.encoder().begin(100, {.margin_positions = 10, .stride = 4});
  REQUIRE(space.encoder().run(Deadline(), nullptr));
  space.cross().begin(space.encoder().states(), space.encoder().fold().log_count(),
                      space.encoder().fold().fine());
  REQUIRE(space.cross().run(Deadline(), nullptr));
  REQUIRE(space.cross().positions() < 100);
  CHECK(f.align(50).first_position == plain_align(f, 50).first_position);
  // Positions beyond what is encoded are none.
  CHECK(f.align(5000).first_position.back() < space.cross().positions());
}

TEST_CASE("word align: of a text that fills the context the first tokens are timed") {
  Fixture f;
  test::Random random(4);
  f.text.assign(300, 7);
  const TokenTimes times = f.align(60);
  CHECK(times.probability.size() == 64 - 3);
  CHECK(times.first_position.size() == 64 - 2);
  f.text.clear();
  const TokenTimes none = f.align(60);
  CHECK(none.probability.empty());
  CHECK(none.first_position == std::vector<int>{0});
}

TEST_CASE("word align: the decoder decodes as before afterwards") {
  Fixture f;
  Workspace& space = *f.model.space;
  const std::vector<int> tokens = {5, 17, 200};
  space.past().clear();
  REQUIRE(space.decoder().forward(tokens, space.past(), space.cross()).ok());
  const std::vector<float> before = f.model.logits(2);
  f.align(60);
  space.past().clear();
  REQUIRE(space.decoder().forward(tokens, space.past(), space.cross()).ok());
  CHECK(f.model.logits(2) == before);
}
