#include "kernels/quantize_blocks.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "unit/support/block_rows.h"
#include "unit/support/random.h"

using namespace sotto;

TEST_CASE("quantize_blocks: values come back within half a step, sums are those of the integers") {
  test::Random random(51);
  for (const int k : {256, 512, 1280}) {
    const int m = 3;
    std::vector<float> x = random.floats(m * k, -3.0f, 2.0f);
    // Blocks of very different size keep a scale each.
    for (int i = 0; i < kSuperBlock; ++i) x[i] *= 1e-6f;
    const test::OwnedBlockRows rows(x, m, k);
    for (int r = 0; r < m; ++r) {
      for (int i = 0; i < k; ++i) {
        const float scale = rows.view.row_totals(r)[i / kSuperBlock].scale;
        const float back = scale * static_cast<float>(rows.value(r, i));
        CHECK(std::fabs(back - x[r * k + i]) <= 0.501f * scale);
      }
      for (int g = 0; g < k / 16; ++g) {
        const BlockTotals& totals = rows.view.row_totals(r)[g / 16];
        int sum = 0;
        for (int i = 0; i < 16; ++i) sum += rows.value(r, 16 * g + i);
        CHECK(totals.of_16[g % 16] == sum);
        if (g % 2 == 1) {
          CHECK(totals.of_32[g % 16 / 2] == totals.of_16[g % 16 - 1] + totals.of_16[g % 16]);
        }
      }
    }
  }
}

TEST_CASE("quantize_blocks: the largest magnitude is exact, either sign") {
  for (const float largest : {5.0f, -5.0f, 1e-20f, -3e38f}) {
    std::vector<float> x(kSuperBlock, largest / 3);
    x[100] = largest;
    const test::OwnedBlockRows rows(x, 1, kSuperBlock);
    CHECK(rows.value(0, 100) == (largest > 0 ? 127 : -127));
  }
}

TEST_CASE("quantize_blocks: a block of zeros or of what is no number becomes zeros, others stay") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float inf = std::numeric_limits<float>::infinity();
  for (const float bad : {0.0f, 1e-38f, nan, inf, -inf}) {
    std::vector<float> x(2 * kSuperBlock, 1.0f);
    for (int i = 0; i < kSuperBlock; ++i) x[i] = std::isfinite(bad) ? bad : 1.0f;
    x[77] = bad;
    const test::OwnedBlockRows rows(x, 1, 2 * kSuperBlock);
    CHECK(rows.totals[0].scale == 0.0f);
    CHECK(rows.totals[1].scale == 1.0f / 127);
    for (int i = 0; i < kSuperBlock; ++i) REQUIRE(rows.value(0, i) == 0);
    for (const int16_t total : rows.totals[0].of_16) REQUIRE(total == 0);
    for (const int16_t total : rows.totals[1].of_32) REQUIRE(total == 32 * 127);
  }
}
