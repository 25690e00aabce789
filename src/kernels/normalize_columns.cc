#include "kernels/normalize_columns.h"

#include <algorithm>
#include <cmath>

namespace sotto {

namespace {

// Columns at a time, whose sums stay in the cache.
constexpr int kBlock = 64;

void normalize_block(MatrixF32 x) {
  float mean[kBlock] = {}, factor[kBlock] = {};
  for (int r = 0; r < x.rows; ++r) {
    const float* row = x.row(r);
    for (int i = 0; i < x.cols; ++i) mean[i] += row[i];
  }
  const float share = 1.0f / static_cast<float>(x.rows);
  for (int i = 0; i < x.cols; ++i) mean[i] *= share;
  for (int r = 0; r < x.rows; ++r) {
    const float* row = x.row(r);
    for (int i = 0; i < x.cols; ++i) factor[i] += (row[i] - mean[i]) * (row[i] - mean[i]);
  }
  for (int i = 0; i < x.cols; ++i) {
    factor[i] = factor[i] > 0 ? 1.0f / std::sqrt(factor[i] * share) : 0.0f;
  }
  for (int r = 0; r < x.rows; ++r) {
    float* row = x.row(r);
    for (int i = 0; i < x.cols; ++i) row[i] = (row[i] - mean[i]) * factor[i];
  }
}

}  // namespace

void normalize_columns_f32(MatrixF32 x) {
  if (x.rows == 0) return;
  for (int first = 0; first < x.cols; first += kBlock) {
    normalize_block(x.col_range(first, std::min(kBlock, x.cols - first)));
  }
}

}  // namespace sotto
