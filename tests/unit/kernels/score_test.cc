#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "kernels/attend.h"
#include "unit/support/random.h"

using namespace sotto;

TEST_CASE("score q8: products of a query with int8 rows, as many as are asked for") {
  test::Random random(21);
  for (int d : {16, 64}) {
    for (int n : {1, 2, 4, 7, 33}) {
      const std::vector<float> keys = random.floats(size_t(n) * d), query = random.floats(d);
      std::vector<int8_t> q(keys.size());
      std::vector<float> scale(n), scores(n + 1, 99.0f);
      const HeadRowsQ8 rows{q.data(), scale.data(), n, d};
      quantize_head_rows(ConstMatrixF32(keys.data(), n, d), 0, rows);
      score_q8(query.data(), rows, scores.data());
      for (int i = 0; i < n; ++i) {
        double expected = 0;
        for (int j = 0; j < d; ++j) expected += double(query[j]) * q[i * d + j] * scale[i];
        // The query is rounded to 15 bits: half a step of each element, times the key's.
        CHECK(std::fabs(scores[i] - expected) <= d * 0.5 / 32767 + 1e-5);
      }
      CHECK(scores[n] == 99.0f);
    }
  }
}
