#include "decode/time_warp.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "unit/support/random.h"

using namespace sotto;

namespace {

std::vector<int> warp(const std::vector<float>& gain, int m, int n) {
  std::vector<uint8_t> moves(static_cast<size_t>(m) * n);
  std::vector<float> costs(2 * (static_cast<size_t>(m) + 1));
  std::vector<int> first(m, -7);
  warp_time(ConstMatrixF32(gain.data(), m, n), moves, costs, first);
  return first;
}

// The best sum of all paths from (0, 0) to (r, c), by trying them all.
float best_sum(const std::vector<float>& gain, int n, int r, int c) {
  const float here = gain[r * n + c];
  if (r == 0 && c == 0) return here;
  float best = -INFINITY;
  if (r > 0 && c > 0) best = std::max(best, best_sum(gain, n, r - 1, c - 1));
  if (r > 0) best = std::max(best, best_sum(gain, n, r - 1, c));
  if (c > 0) best = std::max(best, best_sum(gain, n, r, c - 1));
  return here + best;
}

// The best sum of paths that enter each row where `first` says.
float sum_by(const std::vector<float>& gain, int m, int n, const std::vector<int>& first) {
  float sum = 0;
  for (int r = 0; r < m; ++r) {
    // A row is left at the column before the next one's, or straight down from it.
    const int next = r + 1 < m ? first[r + 1] : n;
    float row = 0, best = -INFINITY;
    for (int c = first[r]; c < n && c <= next; ++c) {
      row += gain[r * n + c];
      const bool can_leave = r + 1 == m ? c == n - 1 : c == next || c == next - 1;
      if (can_leave) best = std::max(best, row);
    }
    sum += best;
  }
  return sum;
}

}  // namespace

TEST_CASE("time warp: the best of all paths") {
  test::Random random(3);
  for (int m = 1; m <= 5; ++m) {
    for (int n = 1; n <= 6; ++n) {
      for (int round = 0; round < 10; ++round) {
        const std::vector<float> gain = random.floats(m * n, -2.0f, 2.0f);
        const std::vector<int> first = warp(gain, m, n);
        CAPTURE(m);
        CAPTURE(n);
        CHECK(first[0] == 0);
        CHECK(std::is_sorted(first.begin(), first.end()));
        CHECK(first.back() < n);
        CHECK(sum_by(gain, m, n, first) == doctest::Approx(best_sum(gain, n, m - 1, n - 1)));
      }
    }
  }
}

TEST_CASE("time warp: a bright diagonal of steps is followed") {
  // Rows of 4 columns each.
  const int m = 5, n = 20;
  std::vector<float> gain(m * n, -1.0f);
  for (int r = 0; r < m; ++r) std::fill_n(gain.begin() + r * n + 4 * r, 4, 1.0f);
  CHECK(warp(gain, m, n) == std::vector<int>{0, 4, 8, 12, 16});
}

// As openai-whisper breaks ties: on along the row.
TEST_CASE("time warp: among equals the rows change as early as they can") {
  CHECK(warp(std::vector<float>(3 * 6, 0.0f), 3, 6) == std::vector<int>{0, 0, 0});
}

TEST_CASE("time warp: what is no number gives columns all the same") {
  std::vector<float> gain(4 * 6, NAN);
  for (int column : warp(gain, 4, 6)) {
    CHECK(column >= 0);
    CHECK(column < 6);
  }
}
