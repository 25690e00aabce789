#include "kernels/exp.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace sotto;

namespace {

float exp_one(float x) {
  float lanes[4];
  simd::store(lanes, exp_f32x4(simd::splat(x)));
  return lanes[2];
}

}  // namespace

TEST_CASE("exp: within 3e-7 of the exact value over the whole range") {
  double worst = 0;
  for (int i = 0; i < 175000; ++i) {
    const float x = -87.0f + static_cast<float>(i) * 1e-3f;
    const double exact = std::exp(static_cast<double>(x));
    worst = std::max(worst, std::fabs(exp_one(x) - exact) / exact);
  }
  CHECK(worst < 3e-7);
  CHECK(exp_one(0.0f) == 1.0f);
}

TEST_CASE("exp: beyond the range it saturates and stays finite") {
  CHECK(exp_one(-1e30f) == exp_one(-87.0f));
  CHECK(exp_one(-1e30f) < 2e-38f);
  CHECK(std::isfinite(exp_one(1e30f)));
}
