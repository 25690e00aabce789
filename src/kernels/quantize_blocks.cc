#include "kernels/quantize_blocks.h"

#include <cmath>

namespace sotto {

using namespace simd;

namespace {

// Smaller blocks count as zero: their inverse would not be finite.
constexpr float kSmallestMagnitude = 1e-30f;

// The largest magnitude of 256 values, or infinity where one of them is not finite.
float magnitude(const float* x) {
  F32x4 largest = zero_f32(), nonfinite = zero_f32();
  for (int i = 0; i < kSuperBlock; i += 4) {
    const F32x4 v = load(x + i);
    largest = max(largest, abs(v));
    // 0 for finite values only.
    nonfinite = add(nonfinite, sub(v, v));
  }
  return sum(nonfinite) == 0.0f ? max_lane(largest) : INFINITY;
}

BlockTotals quantize_block(const float* x, DotInput* q) {
  const float largest = magnitude(x);
  const bool usable = std::isfinite(largest) && largest >= kSmallestMagnitude;
  const float steps = static_cast<float>(kSignedDotRange.hi);
  const F32x4 inverse = splat(usable ? steps / largest : 0.0f);
  BlockTotals totals;
  totals.scale = usable ? largest / steps : 0.0f;
  for (int g = 0; g < kSuperBlock / 16; ++g) {
    I32x4 rounded[4];
    for (int j = 0; j < 4; ++j) {
      // What is not finite times zero is none: such a block is all zeros.
      rounded[j] =
          usable ? round_to_i32(mul(load(x + 16 * g + 4 * j), inverse)) : splat(int32_t{0});
    }
    store_dot_x(q + 16 * g, rounded, kSignedDotRange);
    const I32x4 sums = add(add(rounded[0], rounded[1]), add(rounded[2], rounded[3]));
    totals.of_16[g] = static_cast<int16_t>(simd::sum(sums));
  }
  for (int g = 0; g < kSuperBlock / 32; ++g) {
    totals.of_32[g] = static_cast<int16_t>(totals.of_16[2 * g] + totals.of_16[2 * g + 1]);
  }
  return totals;
}

}  // namespace

void quantize_blocks(ConstMatrixF32 x, BlockRows& out) {
  out.rows = x.rows;
  out.k = x.cols;
  DotInput* q = out.q;
  BlockTotals* totals = out.totals;
  for (int r = 0; r < x.rows; ++r) {
    for (int i = 0; i < x.cols; i += kSuperBlock, q += kSuperBlock) {
      *totals++ = quantize_block(x.row(r) + i, q);
    }
  }
}

}  // namespace sotto
