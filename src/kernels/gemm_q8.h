// Matrix products with int8 weights and quantised activations.
#pragma once

#include "base/tensor.h"
#include "kernels/epilogue.h"
#include "kernels/quantize_rows.h"
#include "quant/formats.h"

namespace sotto {

// y[m, n] = epilogue(x[m, k] * W[n, k]^T + bias[n]), where both factors are quantised:
//
//   product[m, n] = x.scale[m] * w.scale[n] * (sum_k q[m, k] w[n, k] - x.zero[m] * w.row_sum[n])
//
// The sum is exact in int32 for k up to 8,259 (kFineDotRange). x.k equals w.k; bias may be nullptr;
// y may not overlap x.
void gemm_q8(const QuantRows& x, const Q8Tiles& w, const float* bias, Epilogue epilogue,
             MatrixF32 y);
void gemm_q8(const FineRows& x, const Q8Tiles& w, const float* bias, Epilogue epilogue,
             MatrixF32 y);

}  // namespace sotto
