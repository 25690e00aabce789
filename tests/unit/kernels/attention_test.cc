#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "kernels/attend.h"
#include "kernels/attention_f32.h"
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
      attention_f32(queries, head, 0.25f, scores.data(), MatrixF32(out.data(), m, d));
      for (int r = 0; r < m; ++r) {
        const std::vector<double> expected = plain(queries.row(r), keys, values, 0.25);
        for (int j = 0; j < d; ++j) REQUIRE(std::fabs(out[r * d + j] - expected[j]) < 1e-5);
      }
      attention_f32(queries, head, 0.25f, scores.data(), queries);
      CHECK(q == out);
    }
  }
}

TEST_CASE("attend: one query over its past equals the plain loop") {
  test::Random random(42);
  for (int n : {1, 2, 5, 33}) {
    const int d = 20, stride = 50;
    const std::vector<float> q = random.floats(d, -2, 2);
    const std::vector<float> k = random.floats(n * stride, -2, 2), v = random.floats(n * stride);
    const ConstMatrixF32 keys(k.data(), n, d, stride), values(v.data(), n, d, stride);
    std::vector<float> scores(n), out(d);
    attend_f32(q.data(), keys, values, 0.3f, scores.data(), out.data());
    const std::vector<double> expected = plain(q.data(), keys, values, 0.3f);
    for (int j = 0; j < d; ++j) CHECK(std::fabs(out[j] - expected[j]) < 1e-5);
  }
}

TEST_CASE("attend: int8 rows equal the plain loop over what they stand for") {
  test::Random random(43);
  for (int n : {1, 3, 40}) {
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
    attend_q8(q.data(), keys, values, 0.125f, scores.data(), out.data());
    const std::vector<double> expected = plain(q.data(), ConstMatrixF32(k_back.data(), n, d),
                                               ConstMatrixF32(v_back.data(), n, d), 0.125);
    for (int j = 0; j < d; ++j) CHECK(std::fabs(out[j] - expected[j]) < 1e-5);
  }
}
