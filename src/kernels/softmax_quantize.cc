#include "kernels/softmax_quantize.h"

#include <algorithm>
#include <array>
#include <bit>

#include "simd/hidden.h"

namespace sotto {

using namespace simd;

namespace {

static_assert(kScoreSteps == 128);

// With u = 2047 - difference, the upper four of its eleven bits are 15 less the power of two and
// the lower seven the fraction f: 2^(-difference / 128) = 2^(u >> 7 - 15) * 2^(f - 127/128).
constexpr int16_t kTop = 16 * kScoreSteps - 1;

// 256 * kProbabilitySteps * 2^(f - 127/128) for f in [0, 1) as c0 + f (c1 + f c2), the products
// rounded to 15 bits; the largest relative error is 1.7e-3 (least squares weighted for that, with
// integers near the result tried out).
constexpr int16_t kC0 = 16372, kC1 = 10758, kC2 = 5497;

// 2^(i - 8), which with the 256 above and the 2^-15 of mul_q15 gives 2^(i - 15); nothing below it
// would round to a step.
constexpr uint8_t kPowers[16] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128};

// 2^(-i / kScoreSteps).
constexpr std::array<float, kScoreSteps> make_roots() {
  std::array<float, kScoreSteps> roots{};
  double power = 1;
  for (float& root : roots) {
    root = static_cast<float>(power);
    power *= 0.99459942348363317565;  // 2^(-1/128)
  }
  return roots;
}
constexpr std::array<float, kScoreSteps> kRoots = make_roots();

}  // namespace

int32_t softmax_quantize(const int16_t* x, int n, int16_t maximum, DotInput* q) {
  const I16x8 largest = splat_i16(maximum), top = splat_i16(kTop);
  const I16x8 c0 = splat_i16(kC0), c1 = splat_i16(kC1), c2 = splat_i16(kC2);
  const U8x16 powers = load(hidden(kPowers));
  I16x8 total = splat_i16(0);
  const auto quantize = [&](const int16_t* p) {
    const I16x8 u = sub_to_zero(top, sub_saturated(largest, load(p)));
    const I16x8 f = shift_right<1>(shift_left<9>(u));
    const I16x8 fraction = add(mul_q15(add(mul_q15(c2, f), c1), f), c0);
    return mul_q15(fraction, lookup(powers, shift_right<7>(u)));
  };
  for (int i = 0; i < n; i += 16) {
    const I16x8 lo = quantize(x + i), hi = quantize(x + i + 8);
    // Sixteen times 127 a lane.
    total = add(total, add(lo, hi));
    store_dot_positive(q + i, lo, hi);
  }
  return sum(total);
}

float power_of_score(int difference) {
  // Powers that are no normal numbers count as the least that is one.
  const int halvings = std::min(difference / kScoreSteps, 126);
  return kRoots[difference % kScoreSteps] *
         std::bit_cast<float>(static_cast<uint32_t>(127 - halvings) << 23);
}

}  // namespace sotto
