// Dynamic quantisation of activations in blocks of 256, to what gemv_k multiplies.
#pragma once

#include "base/tensor.h"
#include "quant/kquants.h"
#include "simd/simd.h"

namespace sotto {

// What is needed of a block of activations beside themselves: x = scale * q, and sums of q over
// groups. As ggml's block_q8_K.
struct BlockTotals {
  float scale;
  int16_t of_16[kSuperBlock / 16];
  int16_t of_32[kSuperBlock / 32];
};

// x[m, k] = totals[m, k / 256].scale * q[m, k], q in simd::kSignedDotRange. k is a multiple of 256.
// Not owned.
struct BlockRows {
  simd::DotInput* q = nullptr;
  BlockTotals* totals = nullptr;
  int rows = 0;
  int k = 0;

  const simd::DotInput* row(int r) const { return q + static_cast<size_t>(r) * k; }
  const BlockTotals* row_totals(int r) const {
    return totals + static_cast<size_t>(r) * (k / kSuperBlock);
  }
};

// Fills out.q and out.totals from x, whose cols are a multiple of 256; out.rows and
// out.k are set to x's. A block that is all zero, or holds a value that is not finite, gets scale
// 0.
void quantize_blocks(ConstMatrixF32 x, BlockRows& out);

}  // namespace sotto
