// Non-owning views. Rows are contiguous; consecutive rows are `stride` elements apart.
#pragma once

#include <cstddef>

namespace sotto {

// x[rows, cols]; element (r, c) stands at data[r * stride + c].
template <class T>
struct Matrix {
  T* data = nullptr;
  int rows = 0;
  int cols = 0;
  int stride = 0;

  Matrix() = default;
  Matrix(T* d, int r, int c) : data(d), rows(r), cols(c), stride(c) {}
  Matrix(T* d, int r, int c, int s) : data(d), rows(r), cols(c), stride(s) {}
  // A mutable view serves where a const one is asked for.
  template <class U>
    requires(!__is_same(T, U) && __is_same(T, const U))
  Matrix(const Matrix<U>& other)
      : data(other.data), rows(other.rows), cols(other.cols), stride(other.stride) {}

  T* row(int r) const { return data + static_cast<ptrdiff_t>(r) * stride; }
  // Rows [first, first + count).
  Matrix row_range(int first, int count) const { return {row(first), count, cols, stride}; }
  // Columns [first, first + count).
  Matrix col_range(int first, int count) const { return {data + first, rows, count, stride}; }
};

using MatrixF32 = Matrix<float>;
using ConstMatrixF32 = Matrix<const float>;

}  // namespace sotto
