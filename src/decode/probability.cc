#include "decode/probability.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace sotto {

float log_sum_exp(std::span<const float> x) {
  float largest = -std::numeric_limits<float>::infinity();
  for (float v : x) largest = std::max(largest, v);
  if (!std::isfinite(largest)) return largest;
  // Terms below e^-40 of the largest do not change a float, and most of the vocabulary is there.
  double total = 0;
  for (float v : x) {
    if (v > largest - 40.0f) total += std::exp(v - largest);
  }
  return largest + static_cast<float>(std::log(total));
}

int arg_max(std::span<const float> x) {
  int best = -1;
  float largest = -std::numeric_limits<float>::infinity();
  for (size_t i = 0; i < x.size(); ++i) {
    if (x[i] > largest) {
      largest = x[i];
      best = static_cast<int>(i);
    }
  }
  return best;
}

}  // namespace sotto
