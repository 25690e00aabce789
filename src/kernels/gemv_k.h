// Matrix products with K-quants that stay packed: taken apart and multiplied in one pass.
#pragma once

#include "base/tensor.h"
#include "kernels/epilogue.h"
#include "kernels/quantize_blocks.h"
#include "quant/kquants.h"

namespace sotto {

// y[m, n] = epilogue(x[m, k] * W[n, k]^T + bias[n]), W of q4_K, q5_K or q6_K, x quantised. For each
// super-block b of a row of W, with its d, dmin, scale and min (quant/kquants.h):
//
//   product[m, n] = sum_b x.scale[m, b] * (d * sum_g scale[g] * sum_{i in g} (q[i] - zero) x.q[m,
//   i]
//                                          - dmin * sum_g min[g] * sum_{i in g} x.q[m, i])
//
// The sums over a block are exact in int32 (below 2^28). x.k equals w.k; bias may be nullptr; y may
// not overlap x. Made for a few rows of x: all of them pass by while a tile's weights are in the
// first-level cache, but each takes the weights apart for itself.
void gemv_k(const BlockRows& x, const KTiles& w, const float* bias, Epilogue epilogue, MatrixF32 y);

}  // namespace sotto
