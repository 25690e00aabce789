#include "kernels/gemm_q8.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <type_traits>
#include <vector>

#include "unit/support/matrices.h"
#include "unit/support/quant_rows.h"
#include "unit/support/random.h"

using namespace sotto;

namespace {

double step_count(simd::DotRange range) { return range.hi - range.lo; }

int32_t weight_at(const Q8Tiles& w, int n, int k) {
  return w.tiles[w.tile_bytes() * (n / kTileN) + (k / kTileStepK) * kTileN * kTileStepK +
                 (n % kTileN) * kTileStepK + k % kTileStepK];
}

// What the weights are split for, where the processor needs that.
enum class Split { kNone, kFine, kCoarse };

template <class Dot>
simd::DotRange range_for(const Q8Tiles& w, Split split) {
  if constexpr (std::is_same_v<Dot, simd::FastDot>) {
    if (split == Split::kFine) return input_range(w);
    if (split == Split::kCoarse) return Dot::coarse_range();
  }
  return Dot::range();
}

// x[m, k] W[n, k]^T by gemm_q8 against a loop over the integers.
template <class Dot>
void check_product(const std::vector<float>& x, const std::vector<float>& w,
                   const std::vector<float>& bias, int k, Split split) {
  const int m = static_cast<int>(x.size()) / k, n = static_cast<int>(bias.size());
  const test::OwnedQ8 whole(w, n, k);
  test::OwnedQ8 tiles(w, n, k);
  if (split != Split::kNone && simd::in_pairs()) tiles.split();
  const test::OwnedRowsOf<Dot> rows(x, m, k, range_for<Dot>(tiles.view, split));
  if (split == Split::kFine) CHECK(step_count(rows.view.range) >= 201);
  if (split == Split::kCoarse) CHECK(step_count(rows.view.range) >= 100);
  const int stride = n + 1;
  std::vector<float> y(static_cast<size_t>(m) * stride, 9.0f);
  gemm_q8(rows.view, tiles.view, bias.data(), Epilogue::kStore, MatrixF32(y.data(), m, n, stride));
  for (int r = 0; r < m; ++r) {
    for (int c = 0; c < n; ++c) {
      int32_t acc = 0;
      for (int i = 0; i < k; ++i) {
        acc += (rows.value(r, i) - rows.zero[r]) * weight_at(whole.view, c, i);
      }
      const float expected = float(acc) * (tiles.scale[c] * rows.scale[r]) + bias[c];
      REQUIRE(y[r * stride + c] == expected);
    }
    REQUIRE(y[r * stride + n] == 9.0f);
  }
}

template <class Dot>
void check_exact(test::Random& random, int m, int n, int k, Split split = Split::kNone) {
  const std::vector<float> x = random.floats(static_cast<size_t>(m) * k, -1.0f, 2.0f);
  const std::vector<float> w = random.floats(static_cast<size_t>(n) * k);
  check_product<Dot>(x, w, random.floats(n), k, split);
}

}  // namespace

TEST_CASE_TEMPLATE("quantize_rows: values come back within half a step, zero exactly", Dot,
                   simd::FastDot, simd::FineDot) {
  test::Random random(31);
  for (int k : {1, 3, 4, 5, 15, 16, 17, 384}) {
    for (float low : {-3.0f, 0.5f, -4.0f}) {
      std::vector<float> x = random.floats(k, low, low + 3.5f);
      x[k / 2] = 0.0f;
      const test::OwnedRowsOf<Dot> rows(x, 1, k);
      for (int i = 0; i < k; ++i) {
        const float back = rows.scale[0] * float(rows.value(0, i) - rows.zero[0]);
        CHECK(std::fabs(back - x[i]) <= 0.51f * rows.scale[0]);
        CHECK(rows.value(0, i) <= Dot::range().hi);
      }
      if (k > 1) CHECK(rows.value(0, k / 2) == rows.zero[0]);
    }
  }
}

TEST_CASE_TEMPLATE("quantize_rows: rows of zeros or of what is no number get scale zero", Dot,
                   simd::FastDot, simd::FineDot) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float inf = std::numeric_limits<float>::infinity();
  for (float bad : {0.0f, nan, inf, -inf}) {
    for (int at : {0, 6, 8}) {
      std::vector<float> x(9, bad == 0.0f ? 0.0f : 1.0f);
      x[at] = bad;
      const test::OwnedRowsOf<Dot> rows(x, 1, 9);
      CHECK(rows.scale[0] == 0.0f);
      CHECK(rows.zero[0] == Dot::range().lo);
    }
  }
}

TEST_CASE_TEMPLATE("gemm_q8: exactly the integer product, scaled", Dot, simd::FastDot,
                   simd::FineDot) {
  test::Random random(32);
  for (int m : {0, 1, 3, 4, 5, 6, 7, 9, 11}) {
    for (int n : {1, 7, 8, 9, 17}) {
      for (int k : {1, 4, 15, 16, 17, 130}) check_exact<Dot>(random, m, n, k);
    }
  }
}

namespace {

void check_split(test::Random& random, int m, int n, int k) {
  for (const Split split : {Split::kFine, Split::kCoarse}) {
    check_exact<simd::FastDot>(random, m, n, k, split);
  }
}

}  // namespace

TEST_CASE("gemm_q8: exact for more than 7 bits on every processor, heavy pairs of weights split") {
  test::Random random(35);
  for (int m : {0, 1, 2, 4, 5, 6, 11}) {
    for (int n : {1, 7, 8, 9, 17}) {
      for (int k : {1, 4, 15, 16, 17, 130}) check_split(random, m, n, k);
    }
  }
}

TEST_CASE(
    "gemm_q8: exact for the heaviest weights that are not split, and the largest activations") {
  // Behind a pair that sets the scale. 82 and 81 are as heavy together as kLightPair allows.
  const int k = 64, m = 6;
  for (const float sign : {1.0f, -1.0f}) {
    std::vector<float> w(8 * k);
    for (int i = 0; i < 8 * k; ++i) w[i] = sign * (i % 2 == 0 ? 82.0f : 81.0f) / 127.0f;
    for (int n = 0; n < 8; ++n) w[n * k] = sign, w[n * k + 1] = 0.0f;
    for (const Split split : {Split::kFine, Split::kCoarse}) {
      const std::vector<float> x(m * k, 1.0f), bias(8, 0.5f);
      check_product<simd::FastDot>(x, w, bias, k, split);
    }
  }
}

TEST_CASE("gemm_q8: a range of the outputs of split weights is that part of the product") {
  test::Random random(36);
  const int m = 7, n = 40, k = 64;
  const std::vector<float> x = random.floats(m * k, -1.0f, 2.0f), w = random.floats(n * k);
  test::OwnedQ8 tiles(w, n, k);
  if (simd::in_pairs()) tiles.split();
  const test::OwnedRows rows(x, m, k, input_range(tiles.view));
  std::vector<float> whole(m * n), parts(m * n);
  gemm_q8(rows.view, tiles.view, nullptr, Epilogue::kStore, MatrixF32(whole.data(), m, n));
  const MatrixF32 y(parts.data(), m, n);
  for (int first = 0; first < n; first += 16) {
    const int count = std::min(16, n - first);
    gemm_q8(rows.view, tiles.view.row_range(first, count), nullptr, Epilogue::kStore,
            y.col_range(first, count));
  }
  CHECK(parts == whole);
}

TEST_CASE_TEMPLATE("gemm_q8: exact for one row of the most inputs that are split, and of more", Dot,
                   simd::FastDot, simd::FineDot) {
  test::Random random(34);
  for (int k : {8191, 8192, 8193, 8208}) check_exact<Dot>(random, 1, 17, k);
}

TEST_CASE_TEMPLATE("gemm_q8: close to the float product, within what quantising both factors costs",
                   Dot, simd::FastDot, simd::FineDot) {
  test::Random random(33);
  const int m = 6, n = 24, k = 384;
  const std::vector<float> x = random.floats(m * k), w = random.floats(n * k);
  const test::OwnedQ8 tiles(w, n, k);
  const test::OwnedRowsOf<Dot> rows(x, m, k);
  std::vector<float> y(m * n);
  gemm_q8(rows.view, tiles.view, nullptr, Epilogue::kStore, MatrixF32(y.data(), m, n));
  // Uniform errors of half a step in either factor, as standard deviations, over k products.
  const double step = 2.0 / step_count(Dot::range()) + 2.0 / 254;
  const double deviation = std::sqrt(k / 3.0) * step / std::sqrt(12.0);
  for (int r = 0; r < m; ++r) {
    for (int c = 0; c < n; ++c) {
      double expected = 0;
      for (int i = 0; i < k; ++i) expected += double(x[r * k + i]) * w[c * k + i];
      CHECK(std::fabs(y[r * n + c] - expected) < 6 * deviation);
    }
  }
}

TEST_CASE_TEMPLATE("gemm_q8: the largest sums of the largest layer fit", Dot, simd::FastDot,
                   simd::FineDot) {
  const int k = 5120;
  const std::vector<float> x(k, 1.0f), w(8 * k, -1.0f);
  const test::OwnedQ8 tiles(w, 8, k);
  const test::OwnedRowsOf<Dot> rows(x, 1, k);
  std::vector<float> y(8);
  gemm_q8(rows.view, tiles.view, nullptr, Epilogue::kStore, MatrixF32(y.data(), 1, 8));
  for (float v : y) CHECK(v == doctest::Approx(-k).epsilon(1e-6));
}
