#include "kernels/log_sum_exp.h"

#include <algorithm>
#include <limits>

#include "kernels/exp.h"
#include "simd/simd.h"

namespace sotto {

using namespace simd;

namespace {

constexpr float kNone = -std::numeric_limits<float>::infinity();

// Elements [i, n) of the last, partial four; minus infinity in place of those that do not exist.
F32x4 load_tail(const float* x, int i, int n) {
  float tail[4] = {kNone, kNone, kNone, kNone};
  std::copy(x + i, x + n, tail);
  return load(tail);
}

}  // namespace

float sum_exp_f32(const float* x, int n, float largest) {
  const F32x4 m = splat(largest);
  F32x4 total[4];
  for (F32x4& t : total) t = zero_f32();
  int i = 0;
  for (; i + 16 <= n; i += 16) {
    for (int j = 0; j < 4; ++j) {
      total[j] = add(total[j], exp_f32x4(sub(load(x + i + 4 * j), m)));
    }
  }
  for (; i + 4 <= n; i += 4) total[0] = add(total[0], exp_f32x4(sub(load(x + i), m)));
  if (i < n) total[0] = add(total[0], exp_f32x4(sub(load_tail(x, i, n), m)));
  return sum(add(add(total[0], total[1]), add(total[2], total[3])));
}

}  // namespace sotto
