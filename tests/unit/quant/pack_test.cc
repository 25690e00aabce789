#include "quant/pack.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <vector>

#include "unit/support/matrices.h"
#include "unit/support/random.h"

using namespace sotto;

namespace {

// Sizes around a tile of 8 outputs and the paddings of 4 and 16 inputs.
constexpr int kRows[] = {1, 7, 8, 9, 16, 17};
constexpr int kCols[] = {1, 3, 4, 5, 15, 16, 17, 48};

// The drawing of quant/formats.h, element by element.
int8_t tile_element(const Q8Tiles& w, int n, int i) {
  return w.tiles[(n / 8) * (padded_k(w.k) * 8) + (i / 4) * 32 + (n % 8) * 4 + i % 4];
}

void check_q8(const std::vector<float>& w, const Q8Tiles& tiles) {
  for (int n = 0; n < padded_n(tiles.n); ++n) {
    float largest = 0;
    for (int i = 0; n < tiles.n && i < tiles.k; ++i) {
      largest = std::max(largest, std::fabs(w[n * tiles.k + i]));
    }
    INFO("row " << n << " of " << tiles.n << " x " << tiles.k);
    REQUIRE(tiles.scale[n] == largest / 127.0f);
    int sum = 0;
    for (int i = 0; i < padded_k(tiles.k); ++i) {
      const bool inside = n < tiles.n && i < tiles.k;
      const double exact = inside ? w[n * tiles.k + i] / double{tiles.scale[n]} : 0;
      const int q = tile_element(tiles, n, i);
      INFO("column " << i);
      // Half a step, and the last place of a division in f32.
      REQUIRE(std::fabs(q - exact) <= 0.5 + 127 * 0x1p-23);
      sum += q;
    }
    REQUIRE(tiles.row_sum[n] == sum);
  }
}

}  // namespace

TEST_CASE("pack_q8_rows: scale, sums, places and padding, for all tails") {
  test::Random random(7);
  for (const int n : kRows) {
    for (const int k : kCols) {
      const std::vector<float> w = random.floats(static_cast<size_t>(n) * k, -3, 3);
      const test::OwnedQ8 packed(w, n, k);  // filled with rubbish before
      check_q8(w, packed.view);
    }
  }
}

TEST_CASE("pack_q8_rows: rows may come in any pieces") {
  test::Random random(8);
  const int n = 21, k = 19;
  const std::vector<float> w = random.floats(n * k);
  const test::OwnedQ8 whole(w, n, k);
  for (const int step : {1, 2, 5, 8, 20}) {
    const test::OwnedQ8 pieces(random.floats(n * k), n, k);
    for (int first = 0; first < n; first += step) {
      const int count = std::min(step, n - first);
      pack_q8_rows(w.data() + first * k, first, count, pieces.view);
    }
    CHECK(pieces.scale == whole.scale);
    CHECK(pieces.row_sum == whole.row_sum);
    CHECK(pieces.tiles == whole.tiles);
  }
}

TEST_CASE("pack_q8_rows: ties go to even, the largest weight becomes 127") {
  // The scale is exactly one.
  const std::vector<float> w = {127, 0.5f, 1.5f, 2.5f, -0.5f, -1.5f, -2.5f, -127};
  const test::OwnedQ8 packed(w, 1, 8);
  const int expected[] = {127, 0, 2, 2, 0, -2, -2, -127};
  for (int i = 0; i < 8; ++i) CHECK(int{tile_element(packed.view, 0, i)} == expected[i]);
}

TEST_CASE("pack_q8_rows: extremes give finite scales and weights within 127") {
  const float infinity = std::numeric_limits<float>::infinity();
  const float tiny = std::numeric_limits<float>::denorm_min();
  const float huge = std::numeric_limits<float>::max();
  const std::vector<std::vector<float>> rows = {{0, 0, 0, 0},
                                                {NAN, 1, -infinity, 0.5f},
                                                {NAN, NAN, infinity, -infinity},
                                                {tiny, -tiny, tiny, 0},
                                                {180 * tiny, 90 * tiny, -180 * tiny, 0},
                                                {huge, -huge, huge / 2, 0}};
  for (const std::vector<float>& row : rows) {
    const test::OwnedQ8 packed(row, 1, 4);
    CHECK(std::isfinite(packed.scale[0]));
    CHECK(packed.scale[0] >= 0);
    for (int i = 0; i < 4; ++i) {
      CHECK(std::abs(int{tile_element(packed.view, 0, i)}) <= 127);
      if (!std::isfinite(row[i])) CHECK(tile_element(packed.view, 0, i) == 0);
    }
  }
  // The scale of 180 / 127 of the smallest float is one of it, which would make this 180.
  CHECK(tile_element(test::OwnedQ8(rows[4], 1, 4).view, 0, 0) == 127);
  const test::OwnedQ8 mixed(rows[1], 1, 4);
  CHECK(mixed.scale[0] == 1.0f / 127.0f);
  CHECK(tile_element(mixed.view, 0, 1) == 127);
}

TEST_CASE("unpack_q8_row: gives the scale times the tile's element") {
  test::Random random(9);
  const int n = 11, k = 21;
  const test::OwnedQ8 packed(random.floats(n * k), n, k);
  std::vector<float> row(k);
  for (int r = 0; r < n; ++r) {
    unpack_q8_row(packed.view, r, row.data());
    for (int i = 0; i < k; ++i) {
      CHECK(row[i] == packed.scale[r] * static_cast<float>(tile_element(packed.view, r, i)));
    }
  }
}

TEST_CASE("f32 tiles: places as drawn, padding of zeros, and back") {
  test::Random random(10);
  for (const int n : kRows) {
    for (const int k : kCols) {
      const std::vector<float> w = random.floats(static_cast<size_t>(n) * k);
      const test::OwnedF32 packed(w, n, k);
      std::vector<float> row(k);
      for (int r = 0; r < padded_n(n); ++r) {
        for (int i = 0; i < k; ++i) {
          const float expected = r < n ? w[r * k + i] : 0.0f;
          REQUIRE(packed.tiles[(r / 8) * 8 * k + i * 8 + r % 8] == expected);
        }
        if (r >= n) continue;
        unpack_f32_row(packed.view, r, row.data());
        REQUIRE(std::equal(row.begin(), row.end(), w.begin() + r * k));
      }
    }
  }
}

TEST_CASE("row_range: a part of a matrix is a matrix over the same memory") {
  test::Random random(11);
  const int n = 21, k = 18, first = 8;
  const std::vector<float> w = random.floats(n * k);
  const test::OwnedQ8 q8(w, n, k);
  const test::OwnedF32 f32(w, n, k);
  const Q8Tiles q8_part = q8.view.row_range(first, n - first);
  const F32Tiles f32_part = f32.view.row_range(first, n - first);
  std::vector<float> whole(k), part(k);
  for (int r = first; r < n; ++r) {
    unpack_q8_row(q8.view, r, whole.data());
    unpack_q8_row(q8_part, r - first, part.data());
    CHECK(whole == part);
    unpack_f32_row(f32.view, r, whole.data());
    unpack_f32_row(f32_part, r - first, part.data());
    CHECK(whole == part);
  }
}

TEST_CASE("sizes of a q8 tensor: three arrays, each padded to 64 bytes") {
  CHECK(q8_scale_bytes(16) == 64);
  CHECK(q8_scale_bytes(17) == 128);
  CHECK(q8_tiles_bytes(8, 16) == 128);
  CHECK(q8_tiles_bytes(1, 1) == 128);
  CHECK(q8_tensor_bytes(51865, 384) == 2 * 207488 + size_t{51872} * 384);
}
