#include "kernels/median_filter.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "unit/support/random.h"

using namespace sotto;

namespace {

std::vector<float> plain_median7(const std::vector<float>& x) {
  const int n = static_cast<int>(x.size());
  if (n <= 3) return x;
  std::vector<float> out(x.size());
  for (int i = 0; i < n; ++i) {
    std::vector<float> around;
    for (int j = i - 3; j <= i + 3; ++j) {
      const int mirrored = j < 0 ? -j : j;
      around.push_back(x[mirrored < n ? mirrored : 2 * n - 2 - mirrored]);
    }
    std::sort(around.begin(), around.end());
    out[i] = around[3];
  }
  return out;
}

}  // namespace

TEST_CASE("median filter: every length, ties among the values, added to what is there") {
  test::Random random(7);
  for (int n : {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 20, 255, 256, 257, 260, 515}) {
    for (int round = 0; round < 20; ++round) {
      std::vector<float> x = random.floats(n, -3.0f, 3.0f);
      if (round % 2 == 1) {
        for (float& value : x) value = std::round(value);
      }
      std::vector<float> sum(x.size(), 0.5f);
      add_median7_f32(x.data(), n, sum.data());
      const std::vector<float> expected = plain_median7(x);
      for (int i = 0; i < n; ++i) CHECK(sum[i] == expected[i] + 0.5f);
    }
  }
}
