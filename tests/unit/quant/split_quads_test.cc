#include "quant/split_quads.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "simd/dot_range.h"
#include "unit/support/matrices.h"
#include "unit/support/random.h"

using namespace sotto;

namespace {

constexpr int kQuad = 16;

// The largest sum of two neighbouring weights of one sign.
int heaviest_pair(const int8_t* w, size_t count) {
  int most = 0;
  for (size_t i = 0; i < count; i += 2) {
    most = std::max({most, std::max<int>(w[i], 0) + std::max<int>(w[i + 1], 0),
                     -std::min<int>(w[i], 0) - std::min<int>(w[i + 1], 0)});
  }
  return most;
}

// The tiles with what was split off added to them again.
std::vector<int8_t> joined(const Q8Tiles& w) {
  std::vector<int8_t> tiles(w.tiles, w.tiles + w.tile_bytes() * w.tile_count());
  for (size_t half = 0; half < 2 * w.tile_count(); ++half) {
    for (uint32_t i = w.split.first[half]; i < w.split.first[half + 1]; ++i) {
      int8_t* quad = tiles.data() + w.tile_bytes() * (half / 2) + kQuad * (half % 2) +
                     size_t{w.split.input[i]} * kTileN;
      for (int j = 0; j < kQuad; ++j) {
        quad[j] = static_cast<int8_t>(quad[j] + w.split.weights[size_t{i} * kQuad + j]);
      }
    }
  }
  return tiles;
}

}  // namespace

TEST_CASE("split_quads: no pair is heavy any more, and the parts add up to what was there") {
  test::Random random(51);
  for (int n : {1, 8, 21}) {
    for (int k : {1, 16, 100}) {
      test::OwnedQ8 w(random.floats(static_cast<size_t>(n) * k), n, k);
      const std::vector<int8_t> before = w.tiles;
      const std::vector<int32_t> sums = w.row_sum;
      w.split();
      const SplitQuads& split = w.view.split;
      const uint32_t count = split.first[2 * w.view.tile_count()];
      CHECK(heaviest_pair(w.tiles.data(), w.tiles.size()) <= simd::kLightPair);
      CHECK(heaviest_pair(split.weights, count * size_t{kQuad}) <= simd::kLightPair);
      CHECK(joined(w.view) == before);
      CHECK(w.row_sum == sums);
    }
  }
}

TEST_CASE("split_quads: takes quads that are heavy, and no others") {
  // Inputs 4 and 5 of output 2, and 14 and 15 of output 12; a pair of both signs is not heavy.
  const int n = 13, k = 16;
  std::vector<float> rows(n * k, 0.0f);
  for (int r = 0; r < n; ++r) rows[r * k] = 1.0f;
  rows[2 * k + 4] = rows[2 * k + 5] = 1.0f;
  rows[12 * k + 14] = rows[12 * k + 15] = -1.0f;
  rows[5 * k + 8] = 1.0f, rows[5 * k + 9] = -1.0f;
  // As heavy as may be, and one more.
  rows[6 * k + 8] = 82.0f / 127, rows[6 * k + 9] = 81.0f / 127;
  rows[7 * k + 12] = 82.0f / 127, rows[7 * k + 13] = 82.0f / 127;
  test::OwnedQ8 w(rows, n, k);
  w.split();
  const SplitQuads& split = w.view.split;
  // Halves are outputs 0 to 3, 4 to 7, 8 to 11 and 12 to 15.
  CHECK(std::vector<uint32_t>(split.first, split.first + 5) ==
        std::vector<uint32_t>{0, 1, 2, 2, 3});
  CHECK(split.input[0] == 4);
  CHECK(split.input[1] == 12);
  CHECK(split.input[2] == 12);
  CHECK(split.weights[2 * kTileStepK] == 63);
  CHECK(split.weights[kQuad + 3 * kTileStepK] == 41);
  CHECK(split.weights[2 * kQuad + 3] == -63);
}

TEST_CASE("split_quads: a range of the outputs has the quads of its own") {
  test::Random random(52);
  test::OwnedQ8 w(random.floats(40 * 32), 40, 32);
  w.split();
  const Q8Tiles part = w.view.row_range(16, 24);
  CHECK(part.split.first == w.view.split.first + 4);
  CHECK(part.split.weights == w.view.split.weights);
}
