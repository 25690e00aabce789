// A convolution of the encoder's stem, whose weights are int8 or f32 tiles.
#pragma once

#include "base/tensor.h"
#include "kernels/conv1d.h"
#include "model/linear.h"
#include "quant/formats.h"

namespace sotto {

// W[n, tap, inputs] and bias[n], not owned. Either all taps have tiles, or f32 has.
struct Convolution {
  Q8Tiles taps[kConvTaps];  // n outputs, `inputs` inputs each
  F32Tiles f32;             // tap by tap: 3 * inputs inputs
  float* bias = nullptr;

  bool is_q8() const { return taps[0].tiles != nullptr; }
};

// y[t, n] = gelu(convolution of x), see kernels/conv1d.h; scratch.max_rows is at least
// rows_read(x.step, y.rows) and scratch.max_k the inputs.
void convolve(const Convolution& convolution, const ConvInput& x, MatrixF32 y,
              LinearScratch& scratch);

}  // namespace sotto
