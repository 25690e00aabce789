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

// All of a row, block by block: q, and what each stands for.
struct Row {
  std::vector<simd::DotInput> q;
  std::vector<double> weight;

  Row(std::vector<float> x, float scale) {
    const double largest = *std::max_element(x.begin(), x.end());
    x.resize(padded_k(static_cast<int>(x.size())), kAbsentScore);
    q.assign(x.size(), 99);
    double total = 0;
    for (int first = 0; first < static_cast<int>(x.size()); first += kSoftmaxBlock) {
      const int n = std::min(kSoftmaxBlock, static_cast<int>(x.size()) - first);
      const float top = *std::max_element(x.begin() + first, x.begin() + first + n);
      const float kLog2E = 1.44269504f;
      const int32_t sum =
          softmax_quantize(x.data() + first, n, top, scale * kLog2E, q.data() + first);
      int32_t counted = 0;
      for (int i = first; i < first + n; ++i) counted += q[i];
      CHECK(sum == counted);
      weight.push_back(std::exp(scale * (top - largest)));
      total += weight.back() * sum;
    }
    for (double& w : weight) w /= total;
  }
  double probability(int i) const { return double(q[i]) * weight[i / kSoftmaxBlock]; }
};

}  // namespace

TEST_CASE("softmax_quantize: within half a step of the block's largest, adding up to one") {
  const double steps = probability_steps();
  test::Random random(61);
  for (int n : {1, 3, 4, 15, 16, 17, 100, 127, 128, 129, 1500}) {
    const std::vector<float> x = random.floats(n, -20.0f, 20.0f);
    const Row row(x, 0.25f);
    const float largest = *std::max_element(x.begin(), x.end());
    double exact_total = 0, total = 0;
    for (float v : x) exact_total += std::exp(0.25 * (double(v) - largest));
    for (int b = 0; b < block_count(n); ++b) {
      const int first = b * kSoftmaxBlock, end = std::min(n, first + kSoftmaxBlock);
      const float top = *std::max_element(x.begin() + first, x.begin() + end);
      const double top_p = std::exp(0.25 * (double(top) - largest)) / exact_total;
      for (int i = first; i < end; ++i) {
        const double expected = std::exp(0.25 * (double(x[i]) - largest)) / exact_total;
        // Half a step, the coarse exponential, and the rounding of the sum by which all is divided.
        CHECK(std::fabs(row.probability(i) - expected) <=
              top_p * (0.51 / steps + 1e-4) + 4e-3 * expected);
        total += row.probability(i);
      }
    }
    CHECK(total == doctest::Approx(1.0).epsilon(1e-5));
    for (int i = n; i < padded_k(n); ++i) CHECK(row.q[i] == 0);
  }
}

TEST_CASE("softmax_quantize: far below the maximum is nothing, the maximum is everything") {
  std::vector<float> x(400, -1e30f);
  x[170] = 1e5f;
  const Row row(x, 1.0f);
  for (int i = 0; i < 400; ++i) CHECK(row.probability(i) == doctest::Approx(i == 170 ? 1 : 0));
}

TEST_CASE("softmax_quantize: a long even tail keeps its weight beside a peak") {
  // A peak of 0.4 and 1280 positions that share 0.6: each is 0.0012 of the peak, which one scale
  // for the whole row would round to nothing.
  const int n = 1281;
  std::vector<float> x(n, std::log(0.6f / 1280));
  x[0] = std::log(0.4f);
  const Row row(x, 1.0f);
  CHECK(row.probability(0) < 0.45);
  CHECK(row.probability(n - 1) == doctest::Approx(0.6 / 1280).epsilon(0.1));
}
