#include "decode/probability.h"

#include <algorithm>
#include <cmath>

#include "kernels/log_sum_exp.h"
#include "kernels/maximum.h"

namespace sotto {

float log_sum_exp(std::span<const float> x) {
  const int n = static_cast<int>(x.size());
  const float largest = max_f32(x.data(), n);
  if (!std::isfinite(largest)) return largest;
  return largest + std::log(sum_exp_f32(x.data(), n, largest));
}

int arg_max(std::span<const float> x) {
  const float largest = max_f32(x.data(), static_cast<int>(x.size()));
  if (largest == -INFINITY) return -1;
  return static_cast<int>(std::find(x.begin(), x.end(), largest) - x.begin());
}

}  // namespace sotto
