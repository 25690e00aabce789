#include "decode/live_align.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "decode/time_warp.h"
#include "kernels/median_filter.h"
#include "kernels/normalize_columns.h"
#include "unit/support/cross_rows.h"
#include "unit/support/small_model.h"

using namespace sotto;

namespace {

struct Fixture {
  Fixture() : model(true, test::heads_recipe()) {
    model.listen(5);
    special = special_tokens(model.weights.hp.n_vocab);
    for (int i = 0; i < 20; ++i) text.push_back(10 + 7 * i);
  }

  test::SmallModel model;
  SpecialTokens special;
  std::vector<AlignmentHead> heads = {{0, 1}, {1, 0}, {1, 1}};
  std::vector<int> text;
};

}  // namespace

TEST_CASE("times and lags are those of plain loops over the same queries") {
  Fixture f;
  Workspace& space = *f.model.space;
  constexpr int kPositions = 60, kMargin = 10;
  const int d = space.cross().head_size();
  LiveAligner live;
  REQUIRE(live.reserve(f.heads, d, 100).ok());
  std::vector<int> tokens = {f.special.sot, f.special.no_timestamps};
  const int first = static_cast<int>(tokens.size());
  tokens.insert(tokens.end(), f.text.begin(), f.text.end());
  space.past().clear();
  space.decoder().set_tap(&live.tap());
  REQUIRE(space.decoder().forward(tokens, space.past(), space.cross()).ok());
  space.decoder().set_tap(nullptr);
  live.run(space.cross(), first, static_cast<int>(tokens.size()), kPositions, kMargin);

  const int rows = static_cast<int>(f.text.size()) + 1, cols = kPositions + kMargin;
  std::vector<float> sum(size_t(rows) * cols), gain(size_t(rows) * kPositions);
  for (size_t h = 0; h < f.heads.size(); ++h) {
    const test::CrossRows audio(space.cross(), f.heads[h].layer, f.heads[h].head);
    std::vector<float> weights(size_t(rows) * cols);
    for (int r = 0; r < rows; ++r) {
      std::vector<float> row(cols);
      const float* query = live.tap().queries(static_cast<int>(h)).row(first - 1 + r);
      for (int c = 0; c < cols; ++c) {
        row[c] = std::inner_product(query, query + d, audio.keys.begin() + c * d, 0.0f);
      }
      const float largest = *std::ranges::max_element(row);
      float total = 0;
      for (float& x : row) total += x = std::exp((x - largest) / std::sqrt(float(d)));
      for (int c = 0; c < cols; ++c) {
        weights[size_t(r) * cols + c] = row[c] / total;
        sum[size_t(r) * cols + c] += row[c] / total;
      }
    }
    MatrixF32 heard(weights.data(), rows, kPositions, cols);
    normalize_columns_f32(heard);
    for (int r = 0; r < rows; ++r) {
      add_median7_f32(heard.row(r), kPositions, gain.data() + size_t(r) * kPositions);
    }
  }
  std::vector<uint8_t> moves(gain.size());
  std::vector<float> costs(2 * (size_t(rows) + 1));
  std::vector<int> expected(rows);
  warp_time(ConstMatrixF32(gain.data(), rows, kPositions), moves, costs, expected);
  CHECK(live.times().first_position == expected);
  CHECK(expected.back() > 5);
  REQUIRE(live.lag_positions().size() == f.text.size());
  for (int r = 0; r + 1 < rows; ++r) {
    const auto begin = sum.begin() + ptrdiff_t(r) * cols;
    const int peak = static_cast<int>(std::max_element(begin, begin + cols) - begin);
    CHECK(live.lag_positions()[r] == std::max(kPositions - 1 - peak, 0));
  }
}

TEST_CASE("windows of one position, and a margin beyond the audio, are no trouble") {
  Fixture f;
  Workspace& space = *f.model.space;
  LiveAligner live;
  REQUIRE(live.reserve(f.heads, space.cross().head_size(), 100).ok());
  const std::vector<int> tokens = {f.special.sot, 5, 6};
  space.past().clear();
  space.decoder().set_tap(&live.tap());
  REQUIRE(space.decoder().forward(tokens, space.past(), space.cross()).ok());
  space.decoder().set_tap(nullptr);
  live.run(space.cross(), 1, 3, 1, 0);
  CHECK(live.times().first_position == std::vector<int>{0, 0, 0});
  CHECK(live.lag_positions().front() == 0);
  live.run(space.cross(), 1, 3, 100, 1000);
  CHECK(live.times().first_position.size() == 3);
}
