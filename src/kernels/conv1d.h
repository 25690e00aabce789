// One-dimensional convolution over time, with a kernel of three taps and padding of one, followed
// by GELU.
#pragma once

#include "base/tensor.h"
#include "kernels/quantize_rows.h"
#include "quant/formats.h"

namespace sotto {

inline constexpr int kConvTaps = 3;

// What outputs [first, first + count) of a convolution read. `padded` is the input with one row of
// zeros before and after, rows contiguous (stride == cols): the three rows that output t needs then
// stand side by side, so that the convolution is a matrix product over overlapping rows and nothing
// is copied.
struct ConvInput {
  ConstMatrixF32 padded;
  int step = 1;   // rows from one output to the next
  int first = 0;  // output
};

// y[t, n] = gelu(sum_j x[t * step + j - 1, :] . W[n, j, :] + bias[n]) for t in
// [first, first + y.rows). W is packed with k = 3 * cols, tap by tap.
void conv1d_gelu_f32(const ConvInput& x, const F32Tiles& w, const float* bias, MatrixF32 y);

// The same with int8 weights, W[n, j, :] in taps[j]. Every row of the input that is read is
// quantised by itself, into `rows`, which holds rows_read(x.step, y.rows) of them.
void conv1d_gelu_q8(const ConvInput& x, const Q8Tiles (&taps)[kConvTaps], const float* bias,
                    QuantRows& rows, MatrixF32 y);

// Rows of input that `outputs` outputs read.
constexpr int rows_read(int step, int outputs) { return (outputs - 1) * step + kConvTaps; }

}  // namespace sotto
