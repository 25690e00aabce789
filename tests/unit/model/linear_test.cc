#include "model/linear.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "unit/support/matrices.h"
#include "unit/support/random.h"

using namespace sotto;

TEST_CASE("linear: int8 and float layers agree within what int8 costs") {
  test::Random random(8);
  const int m = 5, n = 19, k = 48;
  const std::vector<float> x = random.floats(m * k), w = random.floats(n * k);
  std::vector<float> bias = random.floats(n);
  const test::OwnedQ8 q8(w, n, k);
  const test::OwnedF32 f32(w, n, k);
  Linear quantised{n, k, q8.view, {}, bias.data()}, exact{n, k, {}, f32.view, bias.data()};
  CHECK(quantised.is_q8());
  CHECK_FALSE(exact.is_q8());

  ArenaLayout sizes;
  LinearScratch::take(sizes, m, k);
  Result<Arena> arena = Arena::reserve(sizes.total_bytes());
  ArenaLayout places(arena.value());
  LinearScratch scratch = LinearScratch::take(places, m, k);
  CHECK(arena->used_bytes() == sizes.total_bytes());
  std::vector<float> a(m * n), b(m * n);
  apply(quantised, ConstMatrixF32(x.data(), m, k), Epilogue::kStore, MatrixF32(a.data(), m, n),
        scratch);
  apply(exact, ConstMatrixF32(x.data(), m, k), Epilogue::kStore, MatrixF32(b.data(), m, n),
        scratch);
  for (int i = 0; i < m * n; ++i) CHECK(std::fabs(a[i] - b[i]) < 0.1f);

  std::vector<float> row(k);
  read_row(exact, 18, row.data());
  for (int i = 0; i < k; ++i) CHECK(row[i] == w[18 * k + i]);
  read_row(quantised, 18, row.data());
  for (int i = 0; i < k; ++i) CHECK(std::fabs(row[i] - w[18 * k + i]) <= 0.51f * q8.scale[18]);
}
