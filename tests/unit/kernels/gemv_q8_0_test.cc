#include "kernels/gemv_q8_0.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "unit/support/k_matrices.h"
#include "unit/support/k_quantizer.h"
#include "unit/support/quant_rows.h"
#include "unit/support/random.h"

using namespace sotto;

namespace {

// One output by plain loops over the blocks of the file, in f32 in the order of the equation.
float plain_product(const uint8_t* row, float row_sum, const test::OwnedRows& x, int m) {
  float product = 0;
  for (int b = 0; b < x.view.k / kGgmlBlock; ++b, row += kQ8_0BlockBytes) {
    int32_t sum = 0;
    for (int j = 0; j < kGgmlBlock; ++j) {
      sum += static_cast<int8_t>(row[2 + j]) * x.value(m, b * kGgmlBlock + j);
    }
    product += test::half_of(row) * static_cast<float>(sum);
  }
  return (product - row_sum * static_cast<float>(x.zero[m])) * x.scale[m];
}

}  // namespace

TEST_CASE("gemv_q8_0: exactly the integer product of the file's blocks, scaled") {
  test::Random random(71);
  for (const int m : {0, 1, 3, 4, 5, 9}) {
    for (const int n : {1, 7, 8, 9, 17}) {
      for (const int k : {32, 96, 384}) {
        // -128 among the weights, which ggml does not write.
        const std::vector<uint8_t> bytes =
            test::random_blocks(DType::kQ8_0, static_cast<size_t>(n) * k, random);
        const test::OwnedKTiles tiles(DType::kQ8_0, bytes, n, k);
        const test::OwnedRows x(random.floats(static_cast<size_t>(m) * k, -1.0f, 2.0f), m, k);
        const std::vector<float> bias = random.floats(n);
        const int stride = n + 1;
        std::vector<float> y(static_cast<size_t>(m) * stride, 9.0f);
        gemv_q8_0(x.view, tiles.view, bias.data(), Epilogue::kStore,
                  MatrixF32(y.data(), m, n, stride));
        for (int r = 0; r < m; ++r) {
          for (int c = 0; c < n; ++c) {
            const uint8_t* row = bytes.data() + c * row_bytes(DType::kQ8_0, k);
            REQUIRE(y[r * stride + c] == plain_product(row, tiles.row_sum[c], x, r) + bias[c]);
          }
          REQUIRE(y[r * stride + n] == 9.0f);
        }
      }
    }
  }
}

TEST_CASE("gemv_q8_0: close to the float product, within what quantising the activations costs") {
  test::Random random(72);
  const int m = 2, n = 24, k = 1536;
  const std::vector<float> w = random.floats(n * k), x = random.floats(m * k);
  const std::vector<uint8_t> bytes = test::encode_blocks(w, DType::kQ8_0);
  std::vector<float> exact(n * k);
  dequantize_row(DType::kQ8_0, bytes.data(), n * k, exact.data());
  const test::OwnedKTiles tiles(DType::kQ8_0, bytes, n, k);
  const test::OwnedRows rows(x, m, k);
  std::vector<float> y(m * n);
  gemv_q8_0(rows.view, tiles.view, nullptr, Epilogue::kStore, MatrixF32(y.data(), m, n));
  const simd::DotRange range = simd::range_of(simd::dot_flavour());
  const double step = 2.0 / (range.hi - range.lo);
  const double deviation = std::sqrt(k / 3.0) * step / std::sqrt(12.0);
  for (int r = 0; r < m; ++r) {
    for (int c = 0; c < n; ++c) {
      double expected = 0;
      for (int i = 0; i < k; ++i) expected += double(x[r * k + i]) * exact[c * k + i];
      CHECK(std::fabs(y[r * n + c] - expected) < 6 * deviation);
    }
  }
}
