#include "kernels/log_sum_exp.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "kernels/maximum.h"
#include "unit/support/random.h"

using namespace sotto;

TEST_CASE("log_sum_exp: the largest and the sum equal the plain loops at every length") {
  test::Random random(71);
  for (int n : {1, 3, 4, 5, 15, 16, 17, 31, 33, 1000}) {
    for (int at : {0, n / 2, n - 1}) {
      std::vector<float> x = random.floats(n, -30.0f, 5.0f);
      x[at] = 6.5f;
      CHECK(max_f32(x.data(), n) == 6.5f);
      double expected = 0;
      for (float v : x) expected += std::exp(double(v) - 6.5);
      CHECK(sum_exp_f32(x.data(), n, 6.5f) == doctest::Approx(expected).epsilon(2e-6));
    }
  }
  CHECK(max_f32(nullptr, 0) == -std::numeric_limits<float>::infinity());
  CHECK(sum_exp_f32(nullptr, 0, 0.0f) == 0.0f);
}

TEST_CASE("log_sum_exp: what is no number, or minus infinity, does not count") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float inf = std::numeric_limits<float>::infinity();
  for (float none : {nan, -inf}) {
    for (int n : {2, 5, 18, 40}) {
      for (int at = 0; at < n; ++at) {
        std::vector<float> x(n, none);
        x[at] = -3.0f;
        CHECK(max_f32(x.data(), n) == -3.0f);
        CHECK(sum_exp_f32(x.data(), n, -3.0f) == doctest::Approx(1.0));
      }
    }
  }
}
