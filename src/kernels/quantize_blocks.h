// Dynamic quantisation of activations in blocks of 256, to what gemv_k multiplies.
#pragma once

#include "base/tensor.h"
#include "quant/kquants.h"
#include "simd/simd.h"

namespace sotto {

// Activations that are summed up together: the groups of q6_K.
inline constexpr int kSumGroup = 16;

// x[m, k] = scale[m, k / 256] * q[m, k], q in simd::kSignedDotRange, and
// group_sum[m, k / 16] = the sum of sixteen q. k is a multiple of 256. Not owned.
// As ggml's block_q8_K.
struct BlockRows {
  simd::DotInput* q = nullptr;
  float* scale = nullptr;
  int32_t* group_sum = nullptr;
  int rows = 0;
  int k = 0;

  const simd::DotInput* row(int r) const { return q + static_cast<size_t>(r) * k; }
  const float* row_scale(int r) const { return scale + static_cast<size_t>(r) * (k / kSuperBlock); }
  const int32_t* row_sums(int r) const {
    return group_sum + static_cast<size_t>(r) * (k / kSumGroup);
  }
};

// Fills out.q, out.scale and out.group_sum from x, whose cols are a multiple of 256; out.rows and
// out.k are set to x's. A block that is all zero, or holds a value that is not finite, gets scale
// 0.
void quantize_blocks(ConstMatrixF32 x, BlockRows& out);

}  // namespace sotto
