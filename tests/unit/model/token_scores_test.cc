#include "model/token_scores.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "unit/support/random.h"
#include "unit/support/scores.h"

using namespace sotto;

namespace {

const float kInf = std::numeric_limits<float>::infinity();

float plain_log_sum_exp(const std::vector<float>& x, int first, int end) {
  double sum = 0;
  for (int i = first; i < end; ++i) sum += std::exp(double(x[i]));
  return float(std::log(sum));
}

// What the blocks say is what all scores say.
void check_all(test::OwnScores& scores) {
  const std::vector<float>& x = scores.values();
  const int n = int(x.size());
  const int bounds[] = {0, 1, 100, 128, 200, 256, 300, 512, n - 1, n};
  for (int first : bounds) {
    for (int end : bounds) {
      if (first > end) continue;
      const float largest =
          first == end ? -kInf : *std::max_element(x.begin() + first, x.begin() + end);
      CHECK(scores.view().largest(first, end) == largest);
      const float total = scores.view().log_sum_exp(first, end);
      if (std::isfinite(largest)) {
        CHECK(total == doctest::Approx(plain_log_sum_exp(x, first, end)).epsilon(1e-6));
      } else {
        CHECK(total == largest);
      }
    }
  }
  CHECK(scores.view().arg_max() == std::max_element(x.begin(), x.end()) - x.begin());
}

}  // namespace

TEST_CASE("token scores: the largest and the log of the sum of any range") {
  for (int n : {600, 640, 641}) {
    test::OwnScores scores(test::Random(n).floats(n, -8.0f, 8.0f));
    check_all(scores);
  }
}

TEST_CASE("token scores: what is changed is summed up anew") {
  for (const auto& [first, end] : {std::pair(0, 600),
                                   {5, 6},
                                   {100, 200},
                                   {120, 300},
                                   {128, 256},
                                   {130, 600},
                                   {0, 130},
                                   {-5, 9},
                                   {590, 700},
                                   {40, 40}}) {
    test::OwnScores scores(test::Random(7).floats(600, -8.0f, 8.0f));
    check_all(scores);
    scores.view().forbid(first, end);
    CHECK(scores.none(std::max(first, 0), std::min(end, 600)));
    if (first > 0) CHECK(scores.all(0, first));
    if (end < 600) CHECK(scores.all(std::max(end, 0), 600));
    if (!scores.none(0, 600)) check_all(scores);
    scores.set(311, 20.0f);
    check_all(scores);
    CHECK(scores.view().arg_max() == 311);
  }
}

TEST_CASE("token scores: where nothing is left there is no largest") {
  test::OwnScores scores(300);
  scores.view().forbid(0, 300);
  CHECK(scores.view().arg_max() == -1);
  CHECK(scores.view().log_sum_exp() == -kInf);
  CHECK(scores.view().largest(10, 290) == -kInf);
}

TEST_CASE("token scores: what is no number does not count") {
  test::OwnScores scores(std::vector<float>(300, std::numeric_limits<float>::quiet_NaN()));
  CHECK(scores.view().arg_max() == -1);
  scores.set(150, -3.0f);
  CHECK(scores.view().arg_max() == 150);
  CHECK(scores.view().log_sum_exp() == doctest::Approx(-3.0));
}

TEST_CASE("token scores: the first of equals, and large ones") {
  test::OwnScores scores(std::vector<float>(300, 1000.0f));
  CHECK(scores.view().arg_max() == 0);
  CHECK(scores.view().log_sum_exp() == doctest::Approx(1000 + std::log(300.0)));
}

TEST_CASE("token scores: rows of a table are apart") {
  ArenaLayout sizes;
  ScoreTable::take(sizes, 3, 300);
  Result<Arena> arena = Arena::reserve(sizes.total_bytes());
  REQUIRE(arena.ok());
  ArenaLayout places(arena.value());
  const ScoreTable table = ScoreTable::take(places, 3, 300);
  CHECK(table.rows() == 3);
  CHECK(table.n_vocab() == 300);
  for (int r = 0; r < 3; ++r) {
    std::fill_n(table.row(r).values().begin(), 300, float(r));
    table.row(r).sum_up(0, 300);
  }
  for (int r = 0; r < 3; ++r) table.row(r).set(10 * r, 50.0f + float(r));
  for (int r = 0; r < 3; ++r) CHECK(table.row(r).arg_max() == 10 * r);
  CHECK(table.row_range(1, 2).row(1).arg_max() == 20);
}
