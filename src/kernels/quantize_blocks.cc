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

// Returns the scale.
float quantize_block(const float* x, DotInput* q, int32_t* sums) {
  const float largest = magnitude(x);
  const bool usable = std::isfinite(largest) && largest >= kSmallestMagnitude;
  const float steps = static_cast<float>(kSignedDotRange.hi);
  const F32x4 inverse = splat(usable ? steps / largest : 0.0f);
  for (int i = 0; i < kSuperBlock; i += kSumGroup) {
    I32x4 rounded[4];
    for (int j = 0; j < 4; ++j) {
      // What is not finite times zero is none: such a block is all zeros.
      rounded[j] = usable ? round_to_i32(mul(load(x + i + 4 * j), inverse)) : splat(int32_t{0});
    }
    store_dot_x(q + i, rounded, kSignedDotRange);
    sums[i / kSumGroup] = simd::sum(add(add(rounded[0], rounded[1]), add(rounded[2], rounded[3])));
  }
  return usable ? largest / steps : 0.0f;
}

}  // namespace

void quantize_blocks(ConstMatrixF32 x, BlockRows& out) {
  out.rows = x.rows;
  out.k = x.cols;
  float* scale = out.scale;
  DotInput* q = out.q;
  int32_t* sums = out.group_sum;
  for (int r = 0; r < x.rows; ++r) {
    for (int i = 0; i < x.cols; i += kSuperBlock, q += kSuperBlock) {
      *scale++ = quantize_block(x.row(r) + i, q, sums);
      sums += kSuperBlock / kSumGroup;
    }
  }
}

}  // namespace sotto
