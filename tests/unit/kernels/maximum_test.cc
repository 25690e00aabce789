#include "kernels/maximum.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "unit/support/random.h"

using namespace sotto;

TEST_CASE("maximum: magnitudes of either sign at every place and length") {
  test::Random random(72);
  for (int n : {1, 3, 4, 5, 15, 16, 17, 31, 33, 100}) {
    for (float peak : {9.5f, -9.5f}) {
      for (int at = 0; at < n; ++at) {
        std::vector<float> x = random.floats(n, -3.0f, 3.0f);
        x[at] = peak;
        CHECK(max_magnitude_f32(x.data(), n) == 9.5f);
        x[at] = std::numeric_limits<float>::quiet_NaN();
        float expected = 0;
        for (float v : x) expected = std::isnan(v) ? expected : std::max(expected, std::fabs(v));
        CHECK(max_magnitude_f32(x.data(), n) == expected);
      }
    }
  }
  CHECK(max_magnitude_f32(nullptr, 0) == 0.0f);
}
