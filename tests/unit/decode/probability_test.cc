#include "decode/probability.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

using namespace sotto;

TEST_CASE("probability: log of the sum of exponentials") {
  const float inf = std::numeric_limits<float>::infinity();
  const std::vector<float> x = {1.0f, 2.0f, -inf, 3.0f, -200.0f};
  CHECK(log_sum_exp(x) == doctest::Approx(std::log(std::exp(1.0) + std::exp(2.0) + std::exp(3.0))));
  CHECK(log_sum_exp(std::vector<float>{-inf, -inf}) == -inf);
  CHECK(log_sum_exp(std::vector<float>{}) == -inf);
  CHECK(log_sum_exp(std::vector<float>{1000.0f, 1000.0f}) == doctest::Approx(1000 + std::log(2.0)));
}

TEST_CASE("probability: the first of the largest, or none") {
  const float inf = std::numeric_limits<float>::infinity();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  CHECK(arg_max(std::vector<float>{1, 3, 3, 2}) == 1);
  CHECK(arg_max(std::vector<float>{nan, -5, nan}) == 1);
  CHECK(arg_max(std::vector<float>{-inf, -inf}) == -1);
  CHECK(arg_max(std::vector<float>{}) == -1);
}
