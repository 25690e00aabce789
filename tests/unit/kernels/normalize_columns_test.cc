#include "kernels/normalize_columns.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "unit/support/random.h"

using namespace sotto;

TEST_CASE("normalise columns: mean 0, deviation 1, rows and columns of every count") {
  test::Random random(11);
  for (int rows : {0, 1, 2, 3, 17, 230}) {
    for (int cols : {0, 1, 63, 64, 65, 130}) {
      const int stride = cols + 3;
      std::vector<float> x = random.floats(rows * stride, -2.0f, 5.0f);
      const std::vector<float> before = x;
      normalize_columns_f32(MatrixF32(x.data(), rows, cols, stride));
      for (int c = 0; c < stride; ++c) {
        double mean = 0, square = 0;
        for (int r = 0; r < rows; ++r) mean += before[r * stride + c] / double(rows);
        for (int r = 0; r < rows; ++r) {
          square += std::pow(before[r * stride + c] - mean, 2) / double(rows);
        }
        for (int r = 0; r < rows; ++r) {
          const float actual = x[r * stride + c];
          if (c >= cols) {
            CHECK(actual == before[r * stride + c]);
          } else {
            const double expected =
                square > 0 ? (before[r * stride + c] - mean) / std::sqrt(square) : 0.0;
            CHECK(actual == doctest::Approx(expected).epsilon(1e-3));
          }
        }
      }
    }
  }
}

TEST_CASE("normalise columns: where all are equal there is nothing to tell them apart") {
  std::vector<float> x(3 * 5, 0.25f);
  normalize_columns_f32(MatrixF32(x.data(), 3, 5));
  for (float value : x) CHECK(value == 0.0f);
}
