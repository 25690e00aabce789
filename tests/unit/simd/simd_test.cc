#include "simd/simd.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>

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

TEST_CASE("simd: mul_add rounds twice in the twins, once or twice in relaxed builds") {
  const float a = 1.0f + 0x1p-12f;
  const float product = a * a;
  const float result = Lanes(mul_add(splat(a), splat(a), splat(-product))).v[0];
  const bool is_relaxed = std::string(kBackendName) == "relaxed";
  CHECK((result == 0.0f || (is_relaxed && result == 0x1p-24f)));
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
  const DotRange range = range_of(dot_flavour());
  I32x4 x[4];
  for (I32x4& part : x) part = splat(int32_t{1});
  const int32_t extremes[4] = {-70000, range.lo, range.hi, 70000};
  x[2] = load(extremes);
  DotInput out[16];
  store_dot_x(out, x, range);
  CHECK(out[7] == 1);
  CHECK(out[8] == static_cast<DotInput>(range.lo));
  CHECK(out[9] == static_cast<DotInput>(range.lo));
  CHECK(out[10] == static_cast<DotInput>(range.hi));
  CHECK(out[11] == static_cast<DotInput>(range.hi));
  CHECK(out[12] == 1);
}

TEST_CASE("simd: the inner product is exact, at the extremes too") {
  const DotRange range = range_of(dot_flavour());
  test::Random random(3);
  for (int round = 0; round < 200; ++round) {
    int32_t x[4];
    int8_t w[16];
    for (int32_t& v : x) v = range.lo + random.below(range.hi - range.lo + 1);
    for (int8_t& v : w) v = static_cast<int8_t>(random.below(255) - 127);
    if (round < 4) {
      for (int32_t& v : x) v = round < 2 ? range.hi : range.lo;
      for (int8_t& v : w) v = round % 2 == 0 ? 127 : -127;
    }
    DotInput stored[16];
    const I32x4 parts[4] = {load(x), load(x), load(x), load(x)};
    store_dot_x(stored, parts, range);
    DotSum acc = dot_zero();
    for (int step = 0; step < 3; ++step) acc = dot(load_dot_x(stored), load_dot_w(w), acc);
    int32_t out[4];
    store(out, dot_result(acc));
    for (int n = 0; n < 4; ++n) {
      int32_t expected = 0;
      for (int i = 0; i < 4; ++i) expected += 3 * x[i] * w[4 * n + i];
      REQUIRE(out[n] == expected);
    }
  }
}

namespace {

struct Bytes {
  uint8_t b[16];
};

// Each byte of a vector by the products that take bytes apart: output o meets only its own four
// weights, and one activation of 1 picks one of them.
Bytes bytes_of(U8x16 x) {
  Bytes out;
  for (int i = 0; i < 4; ++i) {
    DotInput one[16];
    I32x4 q[4] = {splat(int32_t{0}), splat(int32_t{0}), splat(int32_t{0}), splat(int32_t{0})};
    const int32_t picked[4] = {i == 0, i == 1, i == 2, i == 3};
    q[0] = load(picked);
    store_dot_x(one, q, kSignedDotRange);
    int32_t lanes[4];
    store(lanes, dot_result(dot_unsigned_w(load_signed_dot_x(one), x, dot_zero())));
    for (int o = 0; o < 4; ++o) out.b[4 * o + i] = static_cast<uint8_t>(lanes[o]);
  }
  return out;
}

template <int kFirst, int kCount>
void check_high_bits(const Bytes& low, const Bytes& high) {
  const Bytes sum = bytes_of(add_high_bits<kFirst, kCount>(low_nibbles(load(low.b)), load(high.b)));
  for (int i = 0; i < 16; ++i) {
    const int bits = high.b[i] >> kFirst & ((1 << kCount) - 1);
    CHECK(sum.b[i] == (low.b[i] & 15) + 16 * bits);
  }
}

}  // namespace

TEST_CASE("simd: bytes are taken apart into nibbles and put together with higher bits") {
  test::Random random(17);
  for (int round = 0; round < 20; ++round) {
    Bytes low, high;
    for (uint8_t& b : low.b) b = static_cast<uint8_t>(random.u32());
    for (uint8_t& b : high.b) b = static_cast<uint8_t>(random.u32());
    const Bytes lower = bytes_of(low_nibbles(load(low.b)));
    const Bytes upper = bytes_of(high_nibbles(load(low.b)));
    for (int i = 0; i < 16; ++i) {
      CHECK(lower.b[i] == (low.b[i] & 15));
      CHECK(upper.b[i] == low.b[i] >> 4);
    }
    check_high_bits<0, 1>(low, high);
    check_high_bits<1, 1>(low, high);
    check_high_bits<2, 1>(low, high);
    check_high_bits<3, 1>(low, high);
    check_high_bits<4, 1>(low, high);
    check_high_bits<5, 1>(low, high);
    check_high_bits<6, 1>(low, high);
    check_high_bits<7, 1>(low, high);
    check_high_bits<0, 2>(low, high);
    check_high_bits<2, 2>(low, high);
    check_high_bits<4, 2>(low, high);
    check_high_bits<6, 2>(low, high);
  }
}

TEST_CASE("simd: widen_i8x8 keeps signs") {
  const int8_t x[8] = {-128, -1, 0, 1, 127, 5, -6, 100};
  int32_t out[8];
  const I32x8 wide = widen_i8x8(x);
  store(out, wide.lo);
  store(out + 4, wide.hi);
  for (int i = 0; i < 8; ++i) CHECK(out[i] == x[i]);
}

TEST_CASE("simd: signed activations with weights below 128 are exact in every flavour") {
  test::Random random(18);
  for (int round = 0; round < 50; ++round) {
    int32_t x[16], expected[4] = {3, -4, 5, 6};
    uint8_t w[16];
    const bool extreme = round == 0;
    for (int i = 0; i < 16; ++i) {
      x[i] = extreme ? (i % 2 == 0 ? 200 : 127) : random.below(255) - 127;
      w[i] = static_cast<uint8_t>(extreme ? 127 : random.below(128));
    }
    if (round == 1) {
      for (int i = 0; i < 16; ++i) x[i] = -200, w[i] = 127;
    }
    const I32x4 lanes[4] = {load(x), load(x + 4), load(x + 8), load(x + 12)};
    DotInput stored[16];
    store_dot_x(stored, lanes, kSignedDotRange);
    for (int step = 0; step < 4; ++step) {
      int32_t out[4];
      store(out,
            dot_result(dot_unsigned_w(load_signed_dot_x(stored + 4 * step), load(w), dot_zero())));
      for (int o = 0; o < 4; ++o) {
        expected[o] = 0;
        for (int i = 0; i < 4; ++i) {
          const int32_t clamped = x[4 * step + i] < -127  ? -127
                                  : x[4 * step + i] > 127 ? 127
                                                          : x[4 * step + i];
          expected[o] += clamped * w[4 * o + i];
        }
        CHECK(out[o] == expected[o]);
      }
    }
  }
}
