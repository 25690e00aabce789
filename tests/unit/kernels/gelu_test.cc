#include "kernels/gelu.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "unit/support/quant_rows.h"
#include "unit/support/random.h"

using namespace sotto;

TEST_CASE("gelu: the exact form within 3e-7 of its argument") {
  std::vector<float> x;
  for (int i = -12000; i <= 12000; ++i) x.push_back(static_cast<float>(i) * 1e-3f);
  std::vector<float> y = x;
  gelu_f32(y.data(), static_cast<int>(y.size()));
  double worst = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    const double exact = 0.5 * x[i] * (1 + std::erf(x[i] / std::sqrt(2.0)));
    worst = std::max(worst, std::fabs(y[i] - exact) / std::max(1.0, std::fabs(double(x[i]))));
  }
  CHECK(worst < 3e-7);
}

TEST_CASE("gelu: tails of every length, and nothing beyond them") {
  for (int n = 0; n <= 9; ++n) {
    std::vector<float> x(n + 1, 1.0f);
    x[n] = 5.0f;
    gelu_f32(x.data(), n);
    for (int i = 0; i < n; ++i) CHECK(x[i] == doctest::Approx(0.8413447).epsilon(1e-6));
    CHECK(x[n] == 5.0f);
  }
}

TEST_CASE_TEMPLATE("gelu: quantised in one pass as in two, over its input too", Dot, simd::FastDot,
                   simd::FineDot) {
  test::Random random(13);
  for (int k : {1, 3, 4, 18, 384}) {
    const int m = 4;
    std::vector<float> x = random.floats(static_cast<size_t>(m) * k, -3.0f, 4.0f);
    std::vector<float> y = x, row(k);
    for (int r = 0; r < m; ++r) gelu_f32(&y[static_cast<size_t>(r) * k], k);
    const test::OwnedRowsOf<Dot> expected(y, m, k);
    test::OwnedRowsOf<Dot> quantised(m, k), over(m, k);
    gelu_quantize(ConstMatrixF32(x.data(), m, k), row.data(), quantised.view);
    CHECK((quantised == expected));
    gelu_quantize(ConstMatrixF32(x.data(), m, k), x.data(), over.view);
    CHECK((over == expected));
  }
}
