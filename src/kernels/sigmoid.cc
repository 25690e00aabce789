#include "kernels/sigmoid.h"

#include <algorithm>

#include "kernels/exp.h"
#include "simd/simd.h"

namespace sotto {

using namespace simd;

void sigmoid_f32(float* x, int n) {
  const F32x4 one = splat(1.0f);
  for (int i = 0; i < n; i += 4) {
    const int count = std::min(4, n - i);
    // The last ones are computed where there is room for four.
    float tail[4] = {};
    float* at = count == 4 ? x + i : tail;
    if (at == tail) std::copy_n(x + i, count, tail);
    store(at, div(one, add(one, exp_f32x4(sub(zero_f32(), load(at))))));
    if (at == tail) std::copy_n(tail, count, x + i);
  }
}

}  // namespace sotto
