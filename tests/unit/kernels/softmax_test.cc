#include "kernels/softmax.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "unit/support/random.h"

using namespace sotto;

TEST_CASE("softmax: probabilities equal the plain loop at every tail") {
  test::Random random(5);
  for (int n : {1, 2, 3, 4, 5, 7, 8, 9, 100, 1499, 1500}) {
    const std::vector<float> x = random.floats(n, -30.0f, 30.0f);
    for (float scale : {1.0f, 0.125f}) {
      std::vector<float> e = x;
      const float total = softmax_exp_f32(e.data(), n, scale);
      const float largest = *std::max_element(x.begin(), x.end());
      double expected_total = 0;
      for (float v : x) expected_total += std::exp(double(scale) * (double(v) - largest));
      // exp to 3e-7 and an addition of n terms in four lanes.
      CHECK(total == doctest::Approx(expected_total).epsilon(3e-7 + n * 6e-8 / 4));
      for (int i = 0; i < n; ++i) {
        const double expected = std::exp(double(scale) * (double(x[i]) - largest));
        // The difference to the maximum is rounded before it is scaled.
        CHECK(std::fabs(e[i] - expected) <= expected * (3e-7 + 60 * 1.2e-7));
      }
    }
  }
}

TEST_CASE("softmax: no element has no sum, equal elements share it") {
  CHECK(softmax_exp_f32(nullptr, 0, 1.0f) == 0.0f);
  std::vector<float> x(6, -1e30f);
  CHECK(softmax_exp_f32(x.data(), 6, 1.0f) == 6.0f);
}
