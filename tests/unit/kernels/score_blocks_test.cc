#include "kernels/score_blocks.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "unit/support/random.h"

using namespace sotto;

TEST_CASE("score blocks: each has its largest and its sum, the last one too, however short") {
  test::Random random(31);
  for (int n : {1, 127, 128, 129, 300, 1280}) {
    const std::vector<float> x = random.floats(n, -30.0f, 5.0f);
    std::vector<float> largest(score_blocks(n)), sum(score_blocks(n));
    sum_score_blocks(x.data(), n, largest.data(), sum.data());
    double total = 0, top = -100;
    for (int b = 0; b < score_blocks(n); ++b) {
      float expected = -100;
      for (int i = b * kScoreBlock; i < std::min(n, (b + 1) * kScoreBlock); ++i) {
        expected = std::max(expected, x[i]);
        total += std::exp(double(x[i]));
      }
      CHECK(largest[b] == expected);
      top = std::max(top, double(expected));
    }
    const float joined = join_score_blocks(largest.data(), sum.data(), score_blocks(n), float(top));
    CHECK(joined == doctest::Approx(total / std::exp(top)).epsilon(2e-6));
  }
  CHECK(join_score_blocks(nullptr, nullptr, 0, 0.0f) == 0);
}

TEST_CASE("score blocks: where no score is finite there is no sum") {
  const float inf = std::numeric_limits<float>::infinity();
  const std::vector<float> x(2 * kScoreBlock, -inf);
  float largest[2], sum[2];
  sum_score_blocks(x.data(), 2 * kScoreBlock, largest, sum);
  for (int b = 0; b < 2; ++b) {
    CHECK(largest[b] == -inf);
    CHECK(sum[b] == 0);
  }
}
