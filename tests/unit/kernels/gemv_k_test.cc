#include "kernels/gemv_k.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "unit/support/block_rows.h"
#include "unit/support/k_matrices.h"
#include "unit/support/k_quantizer.h"
#include "unit/support/random.h"

using namespace sotto;

namespace {

// One output by plain loops over the blocks of the file: integers per block, then f32 in the order
// of the kernel's equation.
float plain_product(DType dtype, const uint8_t* row, const test::OwnedBlockRows& x, int m) {
  float product = 0;
  for (int b = 0; b < x.view.k / kSuperBlock; ++b) {
    const SuperBlock w = read_super_block(dtype, row + b * row_bytes(dtype, kSuperBlock));
    int64_t products = 0, minimums = 0;
    for (int i = 0; i < kSuperBlock; ++i) {
      const int q = x.value(m, b * kSuperBlock + i);
      products += w.scale[i / w.group] * (w.q[i] - w.zero) * q;
      minimums += w.min[i / w.group] * q;
    }
    REQUIRE(std::abs(products) < 1 << 28);
    float sum = w.d * static_cast<float>(products);
    if (dtype != DType::kQ6_K) sum -= w.dmin * static_cast<float>(minimums);
    product += sum * x.view.row_totals(m)[b].scale;
  }
  return product;
}

std::vector<float> random_x(int m, int k, test::Random& random) {
  return random.floats(static_cast<size_t>(m) * k, -1.0f, 2.0f);
}

}  // namespace

TEST_CASE("gemv_k: exactly the integer product of the file's blocks, scaled") {
  test::Random random(61);
  for (const DType dtype : test::kKTypes) {
    for (const int m : {0, 1, 3, 4, 5, 9}) {
      for (const int n : {1, 7, 8, 9, 17}) {
        for (const int k : {256, 512, 768}) {
          INFO(std::string(dtype_name(dtype)) << ' ' << m << ' ' << n << ' ' << k);
          const std::vector<uint8_t> bytes =
              test::random_blocks(dtype, static_cast<size_t>(n) * k, random);
          const test::OwnedKTiles tiles(dtype, bytes, n, k);
          const test::OwnedBlockRows x(random_x(m, k, random), m, k);
          const std::vector<float> bias = random.floats(n);
          const int stride = n + 1;
          std::vector<float> y(static_cast<size_t>(m) * stride, 9.0f);
          gemv_k(x.view, tiles.view, bias.data(), Epilogue::kStore,
                 MatrixF32(y.data(), m, n, stride));
          for (int r = 0; r < m; ++r) {
            for (int c = 0; c < n; ++c) {
              const uint8_t* row = bytes.data() + c * row_bytes(dtype, k);
              REQUIRE(y[r * stride + c] == plain_product(dtype, row, x, r) + bias[c]);
            }
            REQUIRE(y[r * stride + n] == 9.0f);
          }
        }
      }
    }
  }
}

TEST_CASE("gemv_k: the largest sums of either sign are exact") {
  const int n = 8, k = 512;
  for (const DType dtype : test::kKTypes) {
    std::vector<uint8_t> bytes(n * row_bytes(dtype, k), 0xff);
    for (size_t at = 0; at < bytes.size(); at += row_bytes(dtype, kSuperBlock)) {
      for (const size_t offset : test::scale_offsets(dtype)) {
        test::put_half(1.0f, bytes.data() + at + offset);
      }
      // q6_K: the largest scale there is, which is negative.
      if (dtype == DType::kQ6_K) std::fill_n(bytes.data() + at + 192, 16, 0x80);
    }
    const test::OwnedKTiles tiles(dtype, bytes, n, k);
    for (const float sign : {1.0f, -1.0f}) {
      const test::OwnedBlockRows x(std::vector<float>(k, sign), 1, k);
      std::vector<float> y(n);
      gemv_k(x.view, tiles.view, nullptr, Epilogue::kStore, MatrixF32(y.data(), 1, n));
      for (int c = 0; c < n; ++c) {
        CHECK(y[c] == plain_product(dtype, bytes.data(), x, 0));
        CHECK(std::fabs(y[c]) > (dtype == DType::kQ6_K ? 31 : 14) * 63.0f * k * 0.99f);
      }
    }
  }
  // All zeros in q6_K stand for -32: the lowest.
  std::vector<uint8_t> bytes(n * row_bytes(DType::kQ6_K, k), 0);
  for (size_t at = 0; at < bytes.size(); at += sizeof(BlockQ6K)) {
    std::fill_n(bytes.data() + at + 192, 16, 0x80);
    test::put_half(1.0f, bytes.data() + at + sizeof(BlockQ6K) - 2);
  }
  const test::OwnedKTiles tiles(DType::kQ6_K, bytes, n, k);
  const test::OwnedBlockRows x(std::vector<float>(k, -1.0f), 1, k);
  std::vector<float> y(n);
  gemv_k(x.view, tiles.view, nullptr, Epilogue::kStore, MatrixF32(y.data(), 1, n));
  for (const float v : y) CHECK(v == doctest::Approx(-128.0 * 32 * k));
}

TEST_CASE("gemv_k: close to the float product, within what quantising the activations costs") {
  test::Random random(63);
  const int m = 2, n = 24, k = 1024;
  const std::vector<float> w = random.floats(n * k), x = random.floats(m * k);
  for (const DType dtype : test::kKTypes) {
    const std::vector<uint8_t> bytes = test::encode_blocks(w, dtype);
    std::vector<float> exact(n * k);
    dequantize_row(dtype, bytes.data(), n * k, exact.data());
    const test::OwnedKTiles tiles(dtype, bytes, n, k);
    const test::OwnedBlockRows rows(x, m, k);
    std::vector<float> y(m * n);
    gemv_k(rows.view, tiles.view, nullptr, Epilogue::kStore, MatrixF32(y.data(), m, n));
    // Uniform errors of half a step of 1 / 127 times weights of variance 1 / 3, over k products.
    const double deviation = std::sqrt(k / 3.0) / 127 / std::sqrt(12.0);
    for (int r = 0; r < m; ++r) {
      for (int c = 0; c < n; ++c) {
        double expected = 0;
        for (int i = 0; i < k; ++i) expected += double(x[r * k + i]) * exact[c * k + i];
        CHECK(std::fabs(y[r * n + c] - expected) < 5 * deviation);
      }
    }
  }
}

TEST_CASE("gemv_k: epilogues") {
  test::Random random(64);
  const int n = 9, k = 256;
  const std::vector<uint8_t> bytes = test::random_blocks(DType::kQ4_K, n * k, random);
  const test::OwnedKTiles tiles(DType::kQ4_K, bytes, n, k);
  const test::OwnedBlockRows x(random_x(1, k, random), 1, k);
  std::vector<float> plain(n), added(n, 2.0f), curved(n);
  gemv_k(x.view, tiles.view, nullptr, Epilogue::kStore, MatrixF32(plain.data(), 1, n));
  gemv_k(x.view, tiles.view, nullptr, Epilogue::kResidual, MatrixF32(added.data(), 1, n));
  gemv_k(x.view, tiles.view, nullptr, Epilogue::kGelu, MatrixF32(curved.data(), 1, n));
  for (int c = 0; c < n; ++c) {
    CHECK(added[c] == 2.0f + plain[c]);
    const double gelu = 0.5 * plain[c] * (1 + std::erf(plain[c] / std::sqrt(2.0)));
    CHECK(std::fabs(curved[c] - gelu) < 1e-4 * (1 + std::fabs(plain[c])));
  }
}
