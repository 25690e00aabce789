#include "simd/simd.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "unit/support/random.h"

using namespace sotto;
using namespace sotto::simd;

namespace {

struct Lanes {
  float v[4];
  explicit Lanes(F32x4 x) { store(v, x); }
};

constexpr float kA[4] = {1.5f, -2.0f, 0.0f, 1e30f};
constexpr float kB[4] = {0.25f, 4.0f, -0.0f, -1e30f};

}  // namespace

TEST_CASE("simd: lane arithmetic is IEEE single precision") {
  const F32x4 a = load(kA), b = load(kB);
  for (int i = 0; i < 4; ++i) {
    CHECK(Lanes(add(a, b)).v[i] == kA[i] + kB[i]);
    CHECK(Lanes(sub(a, b)).v[i] == kA[i] - kB[i]);
    CHECK(Lanes(mul(a, b)).v[i] == kA[i] * kB[i]);
    CHECK(Lanes(abs(b)).v[i] == std::fabs(kB[i]));
    CHECK(Lanes(floor(a)).v[i] == std::floor(kA[i]));
    CHECK(Lanes(min(a, b)).v[i] == (kA[i] < kB[i] ? kA[i] : kB[i]));
    CHECK(Lanes(max(a, b)).v[i] == (kB[i] < kA[i] ? kA[i] : kB[i]));
    CHECK(Lanes(sqrt(abs(a))).v[i] == std::sqrt(std::fabs(kA[i])));
    CHECK(Lanes(select_less(a, b, a, b)).v[i] == (kA[i] < kB[i] ? kA[i] : kB[i]));
    CHECK(Lanes(div(b, splat(3.0f))).v[i] == kB[i] / 3.0f);
  }
}

TEST_CASE("simd: mul_add rounds twice, as all twins do") {
  const float a = 1.0f + 0x1p-12f;
  const float product = a * a;
  CHECK(Lanes(mul_add(splat(a), splat(a), splat(-product))).v[0] == 0.0f);
}

TEST_CASE("simd: min and max give the second operand where a lane is no number") {
  const F32x4 nan = splat(std::numeric_limits<float>::quiet_NaN());
  CHECK(Lanes(min(nan, splat(1.0f))).v[0] == 1.0f);
  CHECK(Lanes(max(nan, splat(1.0f))).v[0] == 1.0f);
  CHECK(std::isnan(Lanes(min(splat(1.0f), nan)).v[0]));
}

TEST_CASE("simd: rounding is half to even") {
  const float x[8] = {0.5f, 1.5f, -0.5f, -1.5f, 2.49f, -254.5f, 127.5f, 4194303.0f};
  int32_t out[8];
  store(out, round_to_i32(load(x)));
  store(out + 4, round_to_i32(load(x + 4)));
  for (int i = 0; i < 8; ++i) CHECK(out[i] == static_cast<int32_t>(std::nearbyint(x[i])));
}

TEST_CASE("simd: powers of two, sums and maxima over lanes") {
  const int32_t e[4] = {-126, 0, 1, 127};
  const Lanes p(exp2_int(load(e)));
  CHECK(p.v[0] == std::ldexp(1.0f, -126));
  CHECK(p.v[1] == 1.0f);
  CHECK(p.v[2] == 2.0f);
  CHECK(p.v[3] == std::ldexp(1.0f, 127));
  const float x[4] = {1e8f, 1.0f, -1e8f, 2.0f};
  CHECK(sum(load(x)) == 3.0f);  // (l0 + l2) + (l1 + l3)
  CHECK(max_lane(load(x)) == 1e8f);
}

TEST_CASE("simd: bytes widen with their sign") {
  int8_t bytes[16];
  for (int i = 0; i < 16; ++i) bytes[i] = static_cast<int8_t>(i * 17 - 128);
  const F32x16 wide = widen_i8(bytes);
  for (int i = 0; i < 16; ++i) CHECK(Lanes(wide.part[i / 4]).v[i % 4] == float(bytes[i]));
}

TEST_CASE("simd: activations are clamped when stored") {
  const int32_t x[4] = {-5, 0, 200, 70000};
  DotInput out[4];
  store_dot_x(out, load(x));
  CHECK(out[0] == 0);
  CHECK(out[1] == 0);
  CHECK(out[2] == (kDotInputMax < 200 ? kDotInputMax : 200));
  CHECK(out[3] == kDotInputMax);
}

TEST_CASE("simd: the inner product is exact, at the extremes too") {
  test::Random random(3);
  for (int round = 0; round < 200; ++round) {
    DotInput x[4];
    int8_t w[16];
    for (DotInput& v : x) v = static_cast<DotInput>(random.below(kDotInputMax + 1));
    for (int8_t& v : w) v = static_cast<int8_t>(random.below(255) - 127);
    if (round == 0) {
      for (DotInput& v : x) v = kDotInputMax;
      for (int8_t& v : w) v = round % 2 == 0 ? 127 : -127;
    }
    DotSum acc = dot_zero();
    for (int step = 0; step < 3; ++step) acc = dot(load_dot_x(x), load_dot_w(w), acc);
    int32_t out[4];
    store(out, dot_result(acc));
    for (int n = 0; n < 4; ++n) {
      int32_t expected = 0;
      for (int i = 0; i < 4; ++i) expected += 3 * int32_t{x[i]} * w[4 * n + i];
      REQUIRE(out[n] == expected);
    }
  }
}
