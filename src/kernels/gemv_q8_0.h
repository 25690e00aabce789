// Matrix products with ggml's q8_0, a scale for every 32 weights, kept as the file has them.
#pragma once

#include "base/tensor.h"
#include "kernels/epilogue.h"
#include "kernels/quantize_rows.h"
#include "quant/kquants.h"

namespace sotto {

// y[m, n] = epilogue(x[m, k] * W[n, k]^T + bias[n]), W of q8_0, x quantised:
//
//   product[m, n] = x.scale[m] * (sum_b d[n, b] * sum_{i in b} x.q[m, i] q[n, i]
//                                 - x.zero[m] * w.row_sum[n])
//
// The sums over a block are exact in int32. x.k equals w.k, a multiple of 32; bias may be nullptr;
// y may not overlap x. Made for a few rows of x, as gemv_k.
void gemv_q8_0(const QuantRows& x, const KTiles& w, const float* bias, Epilogue epilogue,
               MatrixF32 y);

}  // namespace sotto
