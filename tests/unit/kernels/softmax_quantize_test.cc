#include "kernels/softmax_quantize.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "quant/formats.h"
#include "unit/support/random.h"

using namespace sotto;

namespace {

int block_count(int n) { return (n + kSoftmaxBlock - 1) / kSoftmaxBlock; }

// Scores x[n] of e^(scale * x) in steps, filled up to a multiple of 16.
std::vector<int16_t> to_steps(const std::vector<float>& x, double scale) {
  std::vector<int16_t> steps(padded_k(static_cast<int>(x.size())), kAbsentScore);
  for (size_t i = 0; i < x.size(); ++i) {
    const double exact = scale * x[i] * 1.4426950408889634 * kScoreSteps;
    steps[i] = static_cast<int16_t>(std::clamp(std::round(exact), -32768.0, 32767.0));
  }
  return steps;
}

// All of a row, block by block: q, and what each stands for.
struct Row {
  std::vector<simd::DotInput> q;
  std::vector<double> weight;

  Row(const std::vector<float>& x, double scale) {
    const std::vector<int16_t> steps = to_steps(x, scale);
    const int16_t largest = *std::max_element(steps.begin(), steps.end());
    q.assign(steps.size(), 99);
    double total = 0;
    for (int first = 0; first < static_cast<int>(steps.size()); first += kSoftmaxBlock) {
      const int n = std::min(kSoftmaxBlock, static_cast<int>(steps.size()) - first);
      const int16_t top = *std::max_element(steps.begin() + first, steps.begin() + first + n);
      const int32_t sum = softmax_quantize(steps.data() + first, n, top, q.data() + first);
      int32_t counted = 0;
      for (int i = first; i < first + n; ++i) counted += q[i];
      CHECK(sum == counted);
      weight.push_back(power_of_score(largest - top));
      total += weight.back() * sum;
    }
    for (double& w : weight) w /= total;
  }
  double probability(int i) const { return double(q[i]) * weight[i / kSoftmaxBlock]; }
};

}  // namespace

TEST_CASE("softmax_quantize: every difference of scores gives its power, within 0.64 of a step") {
  for (int maximum : {-32768, -300, 0, 32767}) {
    for (int first = maximum; first >= -32768 && maximum - first < 3000; first -= 16) {
      int16_t x[16];
      simd::DotInput q[16];
      for (int i = 0; i < 16; ++i) x[i] = static_cast<int16_t>(std::max(first - i, -32768));
      softmax_quantize(x, 16, static_cast<int16_t>(maximum), q);
      for (int i = 0; i < 16; ++i) {
        const double expected = kProbabilitySteps * std::exp2((x[i] - maximum) / 128.0);
        REQUIRE(std::fabs(q[i] - expected) < 0.64);
      }
    }
  }
}

TEST_CASE("softmax_quantize: within a step of the block's largest, adding up to one") {
  test::Random random(61);
  for (int n : {1, 3, 4, 15, 16, 17, 100, 127, 128, 129, 1500}) {
    const std::vector<float> x = random.floats(n, -20.0f, 20.0f);
    const Row row(x, 0.25);
    const float largest = *std::max_element(x.begin(), x.end());
    double exact_total = 0, total = 0;
    for (float v : x) exact_total += std::exp(0.25 * (double(v) - largest));
    for (int b = 0; b < block_count(n); ++b) {
      const int first = b * kSoftmaxBlock, end = std::min(n, first + kSoftmaxBlock);
      const float top = *std::max_element(x.begin() + first, x.begin() + end);
      const double top_p = std::exp(0.25 * (double(top) - largest)) / exact_total;
      for (int i = first; i < end; ++i) {
        const double expected = std::exp(0.25 * (double(x[i]) - largest)) / exact_total;
        // The rounding of a score to a step and of the sum by which all is divided, too.
        CHECK(std::fabs(row.probability(i) - expected) <=
              top_p * 0.65 / kProbabilitySteps + 8e-3 * expected);
        total += row.probability(i);
      }
    }
    CHECK(total == doctest::Approx(1.0).epsilon(1e-5));
    for (int i = n; i < padded_k(n); ++i) CHECK(row.q[i] == 0);
  }
}

TEST_CASE("softmax_quantize: what a larger maximum makes of what was added before") {
  for (int difference : {0, 1, 127, 128, 129, 1000, 16000}) {
    const double expected = std::exp2(-difference / 128.0);
    CHECK(power_of_score(difference) == doctest::Approx(expected).epsilon(1e-6));
  }
  CHECK(power_of_score(65535) > 0);
  CHECK(power_of_score(65535) < 1e-37f);
}

TEST_CASE("softmax_quantize: far below the maximum is nothing, the maximum is everything") {
  std::vector<float> x(400, -1e30f);
  x[170] = 1e5f;
  const Row row(x, 1.0);
  for (int i = 0; i < 400; ++i) CHECK(row.probability(i) == doctest::Approx(i == 170 ? 1 : 0));
}

TEST_CASE("softmax_quantize: a long even tail keeps its weight beside a peak") {
  // A peak of 0.4 and 1280 positions that share 0.6: each is 0.0012 of the peak, which one scale
  // for the whole row would round to nothing.
  const int n = 1281;
  std::vector<float> x(n, std::log(0.6f / 1280));
  x[0] = std::log(0.4f);
  const Row row(x, 1.0);
  CHECK(row.probability(0) < 0.45);
  CHECK(row.probability(n - 1) == doctest::Approx(0.6 / 1280).epsilon(0.1));
}
