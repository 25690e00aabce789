#include "kernels/softmax_quantize.h"

namespace sotto {

using namespace simd;

namespace {

// steps * 2^x for x in [-126, 0], with a relative error below 8e-5, a fiftieth of a step of 1 /
// 255, for half the work of exp_f32x4. 2^x = 2^n 2^f with |f| <= 1/2; the cubic has the least
// largest relative error on that interval (weighted least squares, iterated).
struct CoarseExp2 {
  F32x4 c3, c2, c1, c0;

  explicit CoarseExp2(float steps)
      : c3(splat(0.05517109f * steps)),
        c2(splat(0.24260999f * steps)),
        c1(splat(0.69326097f * steps)),
        c0(splat(0.99992814f * steps)) {}

  F32x4 operator()(F32x4 x) const {
    const I32x4 n = round_to_i32(x);
    const F32x4 f = sub(x, to_f32(n));
    return scale_by_exp2(mul_add(mul_add(mul_add(c3, f, c2), f, c1), f, c0), n);
  }
};

}  // namespace

int32_t probability_steps() { return range_of(dot_flavour()).hi; }

int32_t softmax_quantize(const float* x, int n, float maximum, float scale, DotInput* q) {
  const CoarseExp2 exp2(static_cast<float>(probability_steps()));
  const F32x4 s = splat(scale), offset = splat(-maximum * scale);
  // Far below half a step for any number of steps, and where 2^x is still normal.
  const F32x4 smallest = splat(-100.0f);
  I32x4 total = splat(int32_t{0});
  for (int i = 0; i < n; i += 16) {
    I32x4 rounded[4];
    for (int j = 0; j < 4; ++j) {
      const F32x4 power = max(mul_add(load(x + i + 4 * j), s, offset), smallest);
      rounded[j] = round_to_i32(exp2(power));
      total = add(total, rounded[j]);
    }
    store_dot_positive(q + i, rounded);
  }
  return sum(total);
}

}  // namespace sotto
