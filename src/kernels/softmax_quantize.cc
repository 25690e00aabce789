#include "kernels/softmax_quantize.h"

#include <algorithm>
#include <cmath>

#include "quant/formats.h"

namespace sotto {

using namespace simd;

namespace {

constexpr float kLog2E = 1.44269504089f;
// Stands for minus infinity where a block is not full: its probability is zero.
constexpr float kAbsent = -3e38f;

// 2^x for x in [-126, 0] with a relative error below 8e-5, a fiftieth of a step of 1 / 255, for
// half the work of exp_f32x4. 2^x = 2^n 2^f with |f| <= 1/2; the cubic has the least largest
// relative error on that interval (weighted least squares, iterated).
F32x4 exp2_coarse(F32x4 x) {
  x = max(x, splat(-126.0f));
  const I32x4 n = round_to_i32(x);
  const F32x4 f = sub(x, to_f32(n));
  F32x4 p = splat(0.05517109f);
  p = mul_add(p, f, splat(0.24260999f));
  p = mul_add(p, f, splat(0.69326097f));
  p = mul_add(p, f, splat(0.99992814f));
  return mul(p, exp2_int(n));
}

// Sixteen elements, of which `count` exist.
struct Sixteen {
  F32x4 part[4];

  Sixteen(const float* x, int count) {
    float padded[16];
    if (count < 16) {
      std::fill_n(padded, 16, kAbsent);
      for (int i = 0; i < count; ++i) padded[i] = x[i];
      x = padded;
    }
    for (int i = 0; i < 4; ++i) part[i] = load(x + 4 * i);
  }
};

float block_max(const float* x, int n) {
  F32x4 best[4];
  for (F32x4& b : best) b = splat(kAbsent);
  for (int i = 0; i < n; i += 16) {
    const Sixteen s(x + i, n - i);
    for (int j = 0; j < 4; ++j) best[j] = max(best[j], s.part[j]);
  }
  return max_lane(max(max(best[0], best[1]), max(best[2], best[3])));
}

// Quantises one block relative to its own maximum and returns the sum of q.
int32_t quantize_block(const float* x, int n, float maximum, float scale_log2, DotInput* q) {
  // The zero of activations is 0 here, so signed ones use the upper half of their range.
  const DotRange range{0, range_of(dot_flavour()).hi};
  const F32x4 steps = splat(static_cast<float>(range.hi)), m = splat(maximum);
  const F32x4 s = splat(scale_log2);
  I32x4 total = splat(int32_t{0});
  for (int i = 0; i < n; i += 16) {
    const Sixteen block(x + i, n - i);
    I32x4 rounded[4];
    for (int j = 0; j < 4; ++j) {
      rounded[j] = round_to_i32(mul(exp2_coarse(mul(sub(block.part[j], m), s)), steps));
      total = add(total, rounded[j]);
    }
    store_dot_x(q + i, rounded, range);
  }
  return sum(total);
}

}  // namespace

void softmax_quantize(const float* x, int n, float scale, DotInput* q, float* weight) {
  const int blocks = softmax_blocks(n);
  const auto length = [n](int b) { return std::min(kSoftmaxBlock, n - b * kSoftmaxBlock); };
  float maximum = kAbsent;
  for (int b = 0; b < blocks; ++b) {
    weight[b] = block_max(x + b * kSoftmaxBlock, length(b));
    maximum = std::max(maximum, weight[b]);
  }
  float total = 0;
  for (int b = 0; b < blocks; ++b) {
    const int first = b * kSoftmaxBlock;
    const int32_t block_sum =
        quantize_block(x + first, length(b), weight[b], scale * kLog2E, q + first);
    weight[b] = std::exp(scale * (weight[b] - maximum));
    total += weight[b] * static_cast<float>(block_sum);
  }
  for (int b = 0; b < blocks; ++b) weight[b] /= total;
}

}  // namespace sotto
