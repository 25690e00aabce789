#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "kernels/attend.h"
#include "kernels/attend_pages.h"
#include "kernels/attention_f32.h"
#include "kernels/attention_q8.h"
#include "unit/support/one_page.h"
#include "unit/support/random.h"

using namespace sotto;

namespace {

std::vector<double> plain(const float* q, ConstMatrixF32 k, ConstMatrixF32 v, double scale) {
  std::vector<double> p(k.rows), out(v.cols, 0.0);
  double largest = -1e300, total = 0;
  for (int i = 0; i < k.rows; ++i) {
    for (int j = 0; j < k.cols; ++j) p[i] += double(q[j]) * k.row(i)[j];
    largest = std::max(largest, p[i]);
  }
  for (double& x : p) total += x = std::exp(scale * (x - largest));
  for (int i = 0; i < v.rows; ++i) {
    for (int j = 0; j < v.cols; ++j) out[j] += p[i] / total * v.row(i)[j];
  }
  return out;
}

}  // namespace

TEST_CASE("attention: blocks of queries equal the plain loop, written over the queries too") {
  test::Random random(41);
  for (int n : {1, 7, 8, 9, 100}) {
    for (int m : {1, 3, 4, 16}) {
      const int d = 16;
      std::vector<float> q = random.floats(m * d, -2, 2);
      const std::vector<float> k = random.floats(n * d, -2, 2), v = random.floats(n * d);
      const ConstMatrixF32 keys(k.data(), n, d), values(v.data(), n, d);
      std::vector<float> tiles(f32_tiles_count(n, d) + f32_tiles_count(d, n), 7.0f);
      const PackedHeadF32 head{{n, d, tiles.data()}, {d, n, tiles.data() + f32_tiles_count(n, d)}};
      pack_head_f32(keys, values, head);
      std::vector<float> scores(m * n), out(m * d);
      const MatrixF32 queries(q.data(), m, d);
      attention_f32(queries, head, nullptr, 0.25f, scores.data(), MatrixF32(out.data(), m, d));
      for (int r = 0; r < m; ++r) {
        const std::vector<double> expected = plain(queries.row(r), keys, values, 0.25);
        for (int j = 0; j < d; ++j) REQUIRE(std::fabs(out[r * d + j] - expected[j]) < 1e-5);
      }
      attention_f32(queries, head, nullptr, 0.25f, scores.data(), queries);
      CHECK(q == out);
    }
  }
}

namespace {

// A packed head with its memory, filled with rubbish first.
struct OwnedHeadQ8 {
  std::vector<float> scales;
  std::vector<int32_t> sums;
  std::vector<int8_t> bytes;
  PackedHeadQ8 view;

  OwnedHeadQ8(int n, int d)
      : scales(padded_n(n) + padded_n(d), 7.0f),
        sums(scales.size(), 7),
        bytes(padded_n(n) * padded_k(d) + padded_n(d) * padded_k(n), 7) {
    view.keys = {n, d, scales.data(), sums.data(), bytes.data()};
    view.values = {d, n, scales.data() + padded_n(n), sums.data() + padded_n(n),
                   bytes.data() + padded_n(n) * padded_k(d)};
  }
};

struct OwnedScratchQ8 {
  std::vector<float> scales, totals, weights;
  std::vector<int16_t> scores;
  std::vector<int32_t> zeros, maxima;
  std::vector<simd::DotInput> queries, probabilities;
  AttentionScratchQ8 view;

  explicit OwnedScratchQ8(int d)
      : scales(kQueryBlockQ8),
        totals(kQueryBlockQ8 * d),
        weights(kQueryBlockQ8),
        scores(simd::kGemmRows * kSoftmaxBlock),
        zeros(kQueryBlockQ8),
        maxima(kQueryBlockQ8),
        queries(kQueryBlockQ8 * padded_k(d)),
        probabilities(simd::kGemmRows * kSoftmaxBlock) {
    view = {{queries.data(), scales.data(), zeros.data()},
            scores.data(),
            probabilities.data(),
            totals.data(),
            maxima.data(),
            weights.data()};
  }
};

}  // namespace

TEST_CASE("attention: int8 blocks are close to the plain loop") {
  test::Random random(44);
  const simd::DotRange range = simd::FastDot::range();
  for (int n : {1, 3, 4, 7, 8, 9, 100, 1500}) {
    for (int m : {1, 3, 4, 5, 6, 7, 8, 11, 60}) {
      const int d = 64;
      std::vector<float> q = random.floats(m * d, -2, 2);
      const std::vector<float> k = random.floats(n * d, -2, 2), v = random.floats(n * d);
      const ConstMatrixF32 keys(k.data(), n, d), values(v.data(), n, d);
      OwnedHeadQ8 head(n, d);
      pack_head_q8(keys, values, head.view);
      OwnedScratchQ8 scratch(d);
      const MatrixF32 queries(q.data(), m, d);
      std::vector<float> out(m * d);
      attention_q8(queries, head.view, nullptr, 0.125f, scratch.view, MatrixF32(out.data(), m, d));
      // Scores carry the rounding of both factors (64 products of up to 4, a step of 4 / steps and
      // one of 2 / 127), as standard deviation, times the scale; probabilities and values theirs.
      const double steps = range.hi - range.lo;
      const double score = 0.125 * 8 * (4 / steps + 4.0 / 254) * 1.2 / std::sqrt(12.0);
      const double tolerance = 6 * score * 0.6 + 2.0 / kProbabilitySteps + 1.0 / 127;
      for (int r = 0; r < m; ++r) {
        const std::vector<double> expected = plain(queries.row(r), keys, values, 0.125);
        for (int j = 0; j < d; ++j) REQUIRE(std::fabs(out[r * d + j] - expected[j]) < tolerance);
      }
      attention_q8(queries, head.view, nullptr, 0.125f, scratch.view, queries);
      CHECK(q == out);
    }
  }
}

TEST_CASE("attention: a bias of log c counts a position c times") {
  test::Random random(45);
  const int n = 24, copies = 8, d = 16, m = 2;
  const std::vector<float> q = random.floats(m * d), k = random.floats(n * d);
  const std::vector<float> v = random.floats(n * d);
  // The last position, once with a bias and then as so many equal ones.
  std::vector<float> k_all = k, v_all = v;
  for (int c = 1; c < copies; ++c) {
    k_all.insert(k_all.end(), k.end() - d, k.end());
    v_all.insert(v_all.end(), v.end() - d, v.end());
  }
  const float scale = 0.25f;
  std::vector<float> bias(n, 0.0f);
  bias[n - 1] = std::log(float(copies));
  const auto attend = [&](const std::vector<float>& ks, const std::vector<float>& vs,
                          const float* key_bias) {
    const int count = static_cast<int>(ks.size()) / d;
    OwnedHeadQ8 head(count, d);
    OwnedScratchQ8 scratch(d);
    pack_head_q8(ConstMatrixF32(ks.data(), count, d), ConstMatrixF32(vs.data(), count, d),
                 head.view);
    std::vector<float> copy = q, out(m * d);
    attention_q8(MatrixF32(copy.data(), m, d), head.view, key_bias, scale, scratch.view,
                 MatrixF32(out.data(), m, d));
    return out;
  };
  const std::vector<float> folded = attend(k, v, bias.data()),
                           whole = attend(k_all, v_all, nullptr);
  const std::vector<float> ignored = attend(k, v, nullptr);
  double folded_error = 0, ignored_error = 0;
  for (int i = 0; i < m * d; ++i) {
    folded_error = std::max(folded_error, std::fabs(double(folded[i]) - whole[i]));
    ignored_error = std::max(ignored_error, std::fabs(double(ignored[i]) - whole[i]));
  }
  CHECK(folded_error < 0.02);
  CHECK(ignored_error > 0.1);
}

TEST_CASE("attend: one query over its past equals the plain loop") {
  test::Random random(42);
  for (int n : {1, 2, 5, 33}) {
    const int d = 20, stride = 50;
    const std::vector<float> q = random.floats(d, -2, 2);
    const std::vector<float> k = random.floats(n * stride, -2, 2), v = random.floats(n * stride);
    const ConstMatrixF32 keys(k.data(), n, d, stride), values(v.data(), n, d, stride);
    std::vector<float> scores(n), out(d);
    const test::OnePage key_page(keys), value_page(values);
    attend_f32(q.data(), {key_page.rows, value_page.rows}, nullptr, 0.3f, scores.data(),
               out.data());
    const std::vector<double> expected = plain(q.data(), keys, values, 0.3f);
    for (int j = 0; j < d; ++j) CHECK(std::fabs(out[j] - expected[j]) < 1e-5);
  }
}

TEST_CASE("attend: int8 rows equal the plain loop over what they stand for") {
  test::Random random(43);
  for (int n : {1, 3, 4, 40, 127, 128, 129, 300}) {
    const int d = 64;
    const std::vector<float> q = random.floats(d, -1, 1);
    const std::vector<float> k = random.floats(n * d, -3, 3), v = random.floats(n * d);
    std::vector<int8_t> bytes(2 * n * d);
    std::vector<float> scales(2 * n);
    const HeadRowsQ8 keys{bytes.data(), scales.data(), n, d};
    const HeadRowsQ8 values{bytes.data() + n * d, scales.data() + n, n, d};
    // In two parts, as blocks of a window come.
    const int half = n / 2;
    quantize_head_rows(ConstMatrixF32(k.data(), half, d), 0, keys);
    quantize_head_rows(ConstMatrixF32(k.data() + half * d, n - half, d), half, keys);
    quantize_head_rows(ConstMatrixF32(v.data(), n, d), 0, values);

    std::vector<float> k_back(n * d), v_back(n * d);
    for (int i = 0; i < n * d; ++i) {
      k_back[i] = keys.scale[i / d] * keys.q[i];
      v_back[i] = values.scale[i / d] * values.q[i];
      CHECK(std::fabs(k_back[i] - k[i]) <= 0.51f * keys.scale[i / d]);
    }
    std::vector<float> scores(n), out(d);
    attend_q8(q.data(), {keys, values}, nullptr, 0.125f, scores.data(), out.data());
    const std::vector<double> expected = plain(q.data(), ConstMatrixF32(k_back.data(), n, d),
                                               ConstMatrixF32(v_back.data(), n, d), 0.125);
    // The query's 15 bits move a score by 1.5e-5 (standard deviation), those of the probabilities
    // and f32 less.
    for (int j = 0; j < d; ++j) CHECK(std::fabs(out[j] - expected[j]) < 1e-4);
  }
}

TEST_CASE("attend: a bias of log c counts a row c times, in int8 and in f32") {
  test::Random random(46);
  const int n = 9, copies = 5, d = 16;
  const std::vector<float> q = random.floats(d), k = random.floats(n * d), v = random.floats(n * d);
  std::vector<float> k_all = k, v_all = v, bias(n, 0.0f);
  for (int c = 1; c < copies; ++c) {
    k_all.insert(k_all.end(), k.end() - d, k.end());
    v_all.insert(v_all.end(), v.end() - d, v.end());
  }
  bias[n - 1] = std::log(float(copies));
  const auto attend = [&](const std::vector<float>& ks, const std::vector<float>& vs,
                          const float* key_bias) {
    const int count = static_cast<int>(ks.size()) / d;
    std::vector<int8_t> bytes(2 * ks.size());
    std::vector<float> scales(2 * count), scores(count), out(d);
    const HeadQ8 head{{bytes.data(), scales.data(), count, d},
                      {bytes.data() + ks.size(), scales.data() + count, count, d}};
    quantize_head_rows(ConstMatrixF32(ks.data(), count, d), 0, head.keys);
    quantize_head_rows(ConstMatrixF32(vs.data(), count, d), 0, head.values);
    attend_q8(q.data(), head, key_bias, 0.25f, scores.data(), out.data());
    std::vector<float> exact(d);
    const test::OnePage k_page(ConstMatrixF32(ks.data(), count, d));
    const test::OnePage v_page(ConstMatrixF32(vs.data(), count, d));
    attend_f32(q.data(), {k_page.rows, v_page.rows}, key_bias, 0.25f, scores.data(), exact.data());
    for (int j = 0; j < d; ++j) CHECK(std::fabs(out[j] - exact[j]) < 0.02f);
    return out;
  };
  const std::vector<float> folded = attend(k, v, bias.data());
  const std::vector<float> whole = attend(k_all, v_all, nullptr), ignored = attend(k, v, nullptr);
  double worst = 0;
  for (int j = 0; j < d; ++j) {
    CHECK(std::fabs(folded[j] - whole[j]) < 1e-4);
    worst = std::max(worst, std::fabs(double(ignored[j]) - whole[j]));
  }
  CHECK(worst > 0.05);
}
