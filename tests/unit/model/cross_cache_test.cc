// Keys and values of the audio, in int8 and in f32.
#include "model/cross_cache.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "unit/support/cross_rows.h"
#include "unit/support/random.h"
#include "unit/support/small_model.h"

using namespace sotto;

namespace {

struct Outcome {
  test::CrossRows rows;
  std::vector<float> attended, weights;
};

// What the last layer's last head holds of one window, and makes of a query.
Outcome run(bool q8, const float* key_bias) {
  test::SmallModel model(q8);
  const Hyperparameters& hp = model.weights.hp;
  const int layer = hp.n_text_layer - 1, head = hp.n_text_head - 1;
  const int d = hp.n_text_state / hp.n_text_head;
  const std::vector<float> states =
      test::Random(3).floats(static_cast<size_t>(hp.n_audio_ctx) * hp.n_audio_state, -2, 2);
  CrossCache& cross = model.space->cross();
  cross.begin(ConstMatrixF32(states.data(), hp.n_audio_ctx, hp.n_audio_state), key_bias,
              hp.n_audio_ctx);
  while (!cross.run(Deadline(), nullptr)) {
  }
  CHECK(cross.positions() == hp.n_audio_ctx);
  CHECK(cross.is_q8() == q8);
  Outcome outcome{test::CrossRows(cross, layer, head), std::vector<float>(d), {}};
  const std::vector<float> query = test::Random(4).floats(d, -2, 2);
  std::vector<float> scores(hp.n_audio_ctx);
  cross.attend(layer, head, query.data(), scores.data(), outcome.attended.data());
  outcome.weights.resize(hp.n_audio_ctx - 2);
  cross.weigh(layer, head, query.data(), outcome.weights);

  // Against plain loops over the rows.
  std::vector<double> weights(hp.n_audio_ctx), expected(d);
  double all = 0, first = 0;
  for (int i = 0; i < hp.n_audio_ctx; ++i) {
    double score = 0;
    for (int j = 0; j < d; ++j) score += query[j] * outcome.rows.keys[i * d + j];
    weights[i] = std::exp(score / std::sqrt(d));
    if (i < hp.n_audio_ctx - 2) first += weights[i];
    const double counted = weights[i] * (key_bias == nullptr ? 1 : std::exp(key_bias[i]));
    all += counted;
    for (int j = 0; j < d; ++j) expected[j] += counted * outcome.rows.values[i * d + j];
  }
  for (int j = 0; j < d; ++j) {
    CHECK(outcome.attended[j] == doctest::Approx(expected[j] / all).epsilon(1e-3));
  }
  for (size_t i = 0; i < outcome.weights.size(); ++i) {
    CHECK(outcome.weights[i] == doctest::Approx(weights[i] / first).epsilon(1e-3));
  }
  return outcome;
}

}  // namespace

TEST_CASE("cross_cache: a head attends to its rows, in int8 and in f32") {
  std::vector<float> key_bias(1500, 0.0f);
  key_bias[1] = std::log(7.0f);
  for (const float* bias : {static_cast<const float*>(nullptr), std::as_const(key_bias).data()}) {
    const Outcome q8 = run(true, bias), f32 = run(false, bias);
    double worst = 0;
    for (size_t i = 0; i < f32.rows.keys.size(); ++i) {
      worst = std::max(worst, std::fabs(double(q8.rows.keys[i]) - f32.rows.keys[i]));
    }
    // They are not the same numbers, but those of the same weights and states.
    CHECK(worst > 0);
    CHECK(worst < 0.1);
  }
}
