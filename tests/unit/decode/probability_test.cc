#include "decode/probability.h"

#include <doctest/doctest.h>

#include <limits>
#include <vector>

#include "unit/support/random.h"
#include "unit/support/scores.h"

using namespace sotto;

namespace {

const float kInf = std::numeric_limits<float>::infinity();
const float kNan = std::numeric_limits<float>::quiet_NaN();

std::vector<int> largest(std::vector<float> scores, int count) {
  test::OwnScores own(std::move(scores));
  std::vector<int> tokens;
  largest_of(own.view(), count, tokens);
  return tokens;
}

}  // namespace

TEST_CASE("probability: the first of the largest, or none") {
  CHECK(arg_max(std::vector<float>{1, 3, 3, 2}) == 1);
  CHECK(arg_max(std::vector<float>{kNan, -5, kNan}) == 1);
  CHECK(arg_max(std::vector<float>{-kInf, -kInf}) == -1);
  CHECK(arg_max(std::vector<float>{}) == -1);
}

TEST_CASE("probability: what is chosen when nothing can be") {
  test::OwnScores none({-kInf, kNan, -kInf});
  CHECK(choose_token(none.view(), 2).token == 2);
  CHECK(choose_token(none.view(), 2).logprob == 0);
}

TEST_CASE("probability: the largest scores in their order, the first of equals first") {
  using Tokens = std::vector<int>;
  CHECK(largest({1, 3, 3, 2, -1}, 3) == Tokens{1, 2, 3});
  CHECK(largest({1, 5, kNan, 5, -kInf, 3, 7}, 4) == Tokens{6, 1, 3, 5});
  CHECK(largest({kNan, -kInf, -2}, 2) == Tokens{2});
  CHECK(largest({}, 3) == Tokens{});
  CHECK(largest({-kInf, -kInf}, 1) == Tokens{});
  // Several blocks of scores, equal ones in different blocks.
  std::vector<float> many = test::Random(5).floats(1000, -5.0f, 5.0f);
  for (int i : {7, 300, 301, 999}) many[i] = 6;
  many[500] = 7;
  CHECK(largest(many, 4) == Tokens{500, 7, 300, 301});
}
