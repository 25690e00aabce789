// Matrix products with K-quants that stay packed: taken apart and multiplied in one pass.
#pragma once

#include "base/tensor.h"
#include "kernels/epilogue.h"
#include "kernels/quantize_blocks.h"
#include "quant/kquants.h"

namespace sotto {

// y[m, n] = epilogue(x[m, k] * W[n, k]^T + bias[n]), W of q4_K, q5_K or q6_K, x quantised. With d,
// dmin, scale, min, q and zero of each super-block b of row n of W (quant/kquants.h):
//
//   product[m, n] = sum_b x.scale[m, b] * (d * P - dmin * M)
//   P = sum_g scale[g] * sum_{i in g} (q[i] - zero) * x.q[m, i]
//   M = sum_g min[g] * sum_{i in g} x.q[m, i]
//
// P and M are exact in int32 (below 2^28). x.k equals w.k; bias may be nullptr; y may not overlap
// x. Made for a few rows of x: they pass by while a tile's weights are in the first-level cache,
// and every few of them take the weights apart for themselves.
void gemv_k(const BlockRows& x, const KTiles& w, const float* bias, Epilogue epilogue, MatrixF32 y);

}  // namespace sotto
