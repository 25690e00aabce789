#include "kernels/layer_norm.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "unit/support/quant_rows.h"
#include "unit/support/random.h"

using namespace sotto;

namespace {

struct Plain {
  std::vector<double> y;
  double deviation = 0;
};

Plain plain(const float* x, const float* gamma, const float* beta, int n) {
  double mean = 0, variance = 0;
  for (int i = 0; i < n; ++i) mean += x[i];
  mean /= n;
  for (int i = 0; i < n; ++i) variance += (x[i] - mean) * (x[i] - mean);
  variance /= n;
  Plain result{std::vector<double>(n), std::sqrt(variance + 1e-5)};
  for (int i = 0; i < n; ++i) result.y[i] = (x[i] - mean) / result.deviation * gamma[i] + beta[i];
  return result;
}

}  // namespace

TEST_CASE("layer norm: equals the plain loop at every tail, in place too") {
  test::Random random(11);
  for (int n : {1, 2, 3, 4, 5, 7, 8, 63, 64, 65, 384, 1280}) {
    const int rows = 3;
    // An offset much larger than the spread is where a sum of squares would lose its digits.
    std::vector<float> x = random.floats(static_cast<size_t>(rows) * n, 99.0f, 101.0f);
    const std::vector<float> gamma = random.floats(n), beta = random.floats(n);
    std::vector<float> y(x.size());
    layer_norm_f32(ConstMatrixF32(x.data(), rows, n), gamma.data(), beta.data(),
                   MatrixF32(y.data(), rows, n));
    for (int r = 0; r < rows; ++r) {
      const Plain expected = plain(&x[r * n], gamma.data(), beta.data(), n);
      // Mean and differences carry the rounding of values near 100 (6e-8 each, n of them added in
      // four lanes), which is divided by the deviation.
      const double tolerance = 100 * 6e-8 * (2 + n / 16.0) / expected.deviation + 1e-6;
      for (int i = 0; i < n; ++i) CHECK(std::fabs(y[r * n + i] - expected.y[i]) < tolerance);
    }
    layer_norm_f32(ConstMatrixF32(x.data(), rows, n), gamma.data(), beta.data(),
                   MatrixF32(x.data(), rows, n));
    CHECK(x == y);
  }
}

TEST_CASE("layer norm: a constant row becomes beta") {
  const std::vector<float> x(9, 4.0f), gamma(9, 2.0f), beta(9, 0.5f);
  std::vector<float> y(9);
  layer_norm_f32(ConstMatrixF32(x.data(), 1, 9), gamma.data(), beta.data(),
                 MatrixF32(y.data(), 1, 9));
  CHECK(y == beta);
}

TEST_CASE_TEMPLATE("layer norm: quantised in one pass as in two", Dot, simd::FastDot,
                   simd::FineDot) {
  test::Random random(12);
  for (int n : {1, 3, 4, 17, 384}) {
    const int m = 5;
    std::vector<float> x = random.floats(static_cast<size_t>(m) * n, -3.0f, 4.0f);
    // A row that is not finite counts as zero in both.
    x[static_cast<size_t>(2) * n] = std::numeric_limits<float>::infinity();
    const std::vector<float> gamma = random.floats(n), beta = random.floats(n);
    std::vector<float> y(x.size()), row(n);
    layer_norm_f32(ConstMatrixF32(x.data(), m, n), gamma.data(), beta.data(),
                   MatrixF32(y.data(), m, n));
    const test::OwnedRowsOf<Dot> expected(y, m, n);
    test::OwnedRowsOf<Dot> quantised(m, n);
    layer_norm_quantize(ConstMatrixF32(x.data(), m, n), gamma.data(), beta.data(), row.data(),
                        quantised.view);
    CHECK((quantised == expected));
  }
}
