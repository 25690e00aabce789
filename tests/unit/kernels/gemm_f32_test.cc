#include "kernels/gemm_f32.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "unit/support/matrices.h"
#include "unit/support/random.h"

using namespace sotto;

namespace {

// Rounding of k additions of products below one.
double tolerance(int k) { return 6e-8 * k * std::sqrt(double(k) + 1) + 1e-6; }

double plain(const float* x, const float* w, int k) {
  double total = 0;
  for (int i = 0; i < k; ++i) total += double(x[i]) * w[i];
  return total;
}

}  // namespace

TEST_CASE("gemm_f32: equals the plain loop at every edge of its tiles") {
  test::Random random(21);
  for (int m : {0, 1, 3, 4, 5, 9}) {
    for (int n : {1, 7, 8, 9, 16, 17, 32, 33, 75}) {
      for (int k : {0, 1, 2, 15, 64, 65}) {
        const std::vector<float> x = random.floats(static_cast<size_t>(m) * k);
        const std::vector<float> w = random.floats(static_cast<size_t>(n) * k);
        const std::vector<float> bias = random.floats(n);
        const test::OwnedF32 tiles(w, n, k);
        const int stride = n + 3;
        std::vector<float> y(static_cast<size_t>(m) * stride, 9.0f);
        gemm_f32(ConstMatrixF32(x.data(), m, k), tiles.view, bias.data(), Epilogue::kStore,
                 MatrixF32(y.data(), m, n, stride));
        for (int r = 0; r < m; ++r) {
          for (int c = 0; c < n; ++c) {
            const double expected = plain(x.data() + r * k, w.data() + c * k, k) + bias[c];
            REQUIRE(std::fabs(y[r * stride + c] - expected) <= tolerance(k));
          }
          for (int c = n; c < stride; ++c) REQUIRE(y[r * stride + c] == 9.0f);
        }
      }
    }
  }
}

TEST_CASE("gemm_f32: epilogues add the residual and apply GELU") {
  test::Random random(22);
  const int m = 5, n = 11, k = 12;
  const std::vector<float> x = random.floats(m * k), w = random.floats(n * k);
  const std::vector<float> before = random.floats(m * n);
  const test::OwnedF32 tiles(w, n, k);
  std::vector<float> residual = before, gelu(m * n);
  gemm_f32(ConstMatrixF32(x.data(), m, k), tiles.view, nullptr, Epilogue::kResidual,
           MatrixF32(residual.data(), m, n));
  gemm_f32(ConstMatrixF32(x.data(), m, k), tiles.view, nullptr, Epilogue::kGelu,
           MatrixF32(gelu.data(), m, n));
  for (int r = 0; r < m; ++r) {
    for (int c = 0; c < n; ++c) {
      const double product = plain(x.data() + r * k, w.data() + c * k, k);
      CHECK(std::fabs(residual[r * n + c] - (before[r * n + c] + product)) < tolerance(k));
      const double expected = 0.5 * product * (1 + std::erf(product / std::sqrt(2.0)));
      CHECK(std::fabs(gelu[r * n + c] - expected) < tolerance(k));
    }
  }
}
