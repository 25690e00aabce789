// Matrix product with f32 weights.
#pragma once

#include "base/tensor.h"
#include "kernels/epilogue.h"
#include "quant/formats.h"

namespace sotto {

// y[m, n] = epilogue(x[m, k] * W[n, k]^T + bias[n]). W may have more inputs than x has columns; the
// rest counts as zero.
//
// x's stride may be smaller than k: rows may overlap, which makes a convolution over time a
// matrix product with no copy of its input (see conv1d.h). bias may be nullptr. y may not alias
// x. Each output is one chain of k additions in order, whatever the backend.
void gemm_f32(ConstMatrixF32 x, const F32Tiles& w, const float* bias, Epilogue epilogue,
              MatrixF32 y);

}  // namespace sotto
