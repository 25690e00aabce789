#include "kernels/maximum.h"

#include <algorithm>
#include <limits>

#include "simd/simd.h"

namespace sotto {

using namespace simd;

namespace {

// The largest of `of(four)` over x[n], not below `least`. The operands of max stand so that what is
// no number gives way.
template <class Of>
float largest_of(const float* x, int n, float least, Of of) {
  F32x4 best[4];
  for (F32x4& b : best) b = splat(least);
  int i = 0;
  for (; i + 16 <= n; i += 16) {
    for (int j = 0; j < 4; ++j) best[j] = max(of(load(x + i + 4 * j)), best[j]);
  }
  for (; i + 4 <= n; i += 4) best[0] = max(of(load(x + i)), best[0]);
  if (i < n) {
    float tail[4] = {least, least, least, least};
    std::copy(x + i, x + n, tail);
    best[0] = max(of(load(tail)), best[0]);
  }
  return max_lane(max(max(best[0], best[1]), max(best[2], best[3])));
}

}  // namespace

float max_f32(const float* x, int n) {
  return largest_of(x, n, -std::numeric_limits<float>::infinity(), [](F32x4 v) { return v; });
}

float max_magnitude_f32(const float* x, int n) {
  return largest_of(x, n, 0.0f, [](F32x4 v) { return abs(v); });
}

}  // namespace sotto
