// One-dimensional convolution over time, with a kernel of three taps and padding of one.
#pragma once

#include "base/tensor.h"
#include "kernels/gemm_f32.h"
#include "quant/formats.h"

namespace sotto {

inline constexpr int kConvTaps = 3;

// y[t, n] = gelu(sum_j x[t * step + j - 1, :] . W[n, j, :] + bias[n]) for t in
// [first, first + y.rows).
//
// `padded` is x with one row of zeros before and after, rows contiguous (stride == cols): the three
// rows that output t needs then stand side by side, so that the convolution is a matrix product
// over overlapping rows and nothing is copied. W is packed with k = 3 * cols, tap by tap.
inline void conv1d_gelu_f32(ConstMatrixF32 padded, int step, int first, const F32Tiles& w,
                            const float* bias, MatrixF32 y) {
  const ConstMatrixF32 windows(padded.row(first * step), y.rows, kConvTaps * padded.cols,
                               step * padded.cols);
  gemm_f32(windows, w, bias, Epilogue::kGelu, y);
}

}  // namespace sotto
