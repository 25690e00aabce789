#include "kernels/lstm_cell.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "kernels/sigmoid.h"
#include "unit/support/random.h"

namespace sotto {
namespace {

double exact_sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

float one_sigmoid(float x) {
  sigmoid_f32(&x, 1);
  return x;
}

TEST_CASE("sigmoid: over its range, and at its ends") {
  for (int i = -4000; i <= 4000; ++i) {
    const float x = static_cast<float>(i) / 50;
    CHECK(one_sigmoid(x) == doctest::Approx(exact_sigmoid(x)).epsilon(4e-7));
  }
  for (const float huge : {1e30f, std::numeric_limits<float>::infinity()}) {
    CHECK(one_sigmoid(huge) == 1);
    CHECK(one_sigmoid(-huge) < 1e-37f);
  }
  const float nothing = one_sigmoid(std::numeric_limits<float>::quiet_NaN());
  CHECK((nothing >= 0 && nothing <= 1));
}

TEST_CASE("sigmoid: any number of values, and nothing beside them") {
  test::Random random(4);
  for (int n = 0; n < 14; ++n) {
    const std::vector<float> x = random.floats(static_cast<size_t>(n) + 2, -5, 5);
    std::vector<float> y = x;
    sigmoid_f32(y.data() + 1, n);
    CHECK(y.front() == x.front());
    CHECK(y.back() == x.back());
    for (size_t i = 1; i + 1 < x.size(); ++i) CHECK(y[i] == one_sigmoid(x[i]));
  }
}

TEST_CASE("lstm_cell: as a plain loop, whatever the number of cells") {
  test::Random random(5);
  for (const int n : {0, 1, 2, 3, 4, 5, 7, 8, 15, 128, 129}) {
    CAPTURE(n);
    const auto count = static_cast<size_t>(n);
    const std::vector<float> gates = random.floats(4 * count, -9, 9);
    std::vector<float> scratch = gates;
    const std::vector<float> before = random.floats(count, -3, 3);
    // One more on either side, which must stay as they are.
    std::vector<float> c(count + 2, 77), h(count + 2, 77);
    std::copy(before.begin(), before.end(), c.begin() + 1);
    lstm_cell_f32(scratch.data(), n, c.data() + 1, h.data() + 1);
    for (size_t j = 0; j < count; ++j) {
      const double i = exact_sigmoid(gates[j]), f = exact_sigmoid(gates[count + j]);
      const double g = std::tanh(double(gates[2 * count + j]));
      const double o = exact_sigmoid(gates[3 * count + j]);
      const double cell = f * before[j] + i * g;
      // Three factors with a relative error of 4e-7 and a tanh with as much in all, on sums up
      // to 4.
      CHECK(std::fabs(c[j + 1] - cell) <= 3e-6);
      CHECK(std::fabs(h[j + 1] - o * std::tanh(cell)) <= 4e-6);
    }
    for (const std::vector<float>& x : {c, h}) CHECK((x.front() == 77 && x.back() == 77));
  }
}

TEST_CASE("lstm_cell: huge gates and what is no number leave finite states") {
  const float infinity = std::numeric_limits<float>::infinity();
  for (const float value : {1e30f, -1e30f, infinity, -infinity, std::nanf("")}) {
    CAPTURE(value);
    std::vector<float> gates(4 * 5, value);
    std::vector<float> c(5, 0.5f), h(5);
    lstm_cell_f32(gates.data(), 5, c.data(), h.data());
    for (int j = 0; j < 5; ++j) {
      CHECK(std::isfinite(c[static_cast<size_t>(j)]));
      CHECK(std::fabs(h[static_cast<size_t>(j)]) <= 1);
    }
  }
}

}  // namespace
}  // namespace sotto
