#include "simd/simd.h"
#include "simd/hidden.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>

#include "unit/support/random.h"
#include "unit/support/words.h"

using namespace sotto;
using namespace sotto::simd;
using test::Words;

namespace {

struct Lanes {
  float v[4];
  explicit Lanes(F32x4 x) { store(v, x); }
};

constexpr float kA[4] = {1.5f, -2.0f, 0.0f, 1e30f};
constexpr float kB[4] = {0.25f, 4.0f, -0.0f, -1e30f};

}  // namespace

TEST_CASE("simd: what is hidden from optimisers stays what it is") {
  const uint8_t table[2] = {3, 5};
  CHECK(simd::hidden(-7) == -7);
  CHECK(simd::hidden(0) == 0);
  CHECK(simd::hidden(1.5f) == 1.5f);
  CHECK(simd::hidden(table) == table);
  float lanes[4];
  simd::store(lanes, simd::splat(-0.25f));
  for (float lane : lanes) CHECK(lane == -0.25f);
}

TEST_CASE("simd: lane arithmetic is IEEE single precision") {
  const F32x4 a = load(kA), b = load(kB);
  for (int i = 0; i < 4; ++i) {
    CHECK(Lanes(add(a, b)).v[i] == kA[i] + kB[i]);
    CHECK(Lanes(sub(a, b)).v[i] == kA[i] - kB[i]);
    CHECK(Lanes(mul(a, b)).v[i] == kA[i] * kB[i]);
    CHECK(Lanes(abs(b)).v[i] == std::fabs(kB[i]));
    CHECK(Lanes(min(a, b)).v[i] == (kA[i] < kB[i] ? kA[i] : kB[i]));
    CHECK(Lanes(max(a, b)).v[i] == (kB[i] < kA[i] ? kA[i] : kB[i]));
    CHECK(Lanes(sqrt(abs(a))).v[i] == std::sqrt(std::fabs(kA[i])));
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
    const int32_t picked[4] = {i == 0, i == 1, i == 2, i == 3};
    const I32x4 zero = splat(int32_t{0}), q[4] = {load(picked), zero, zero, zero};
    DotInput one[16];
    store_dot_x(one, q, kSignedDotRange);
    const I16x8 pairs = pair_result(dot_unsigned_w(load_signed_dot_x(one), x, pair_zero()));
    int32_t lanes[4];
    const int16_t both[2] = {1, 1};
    store(lanes, dot_pairs(pairs, splat_pair(both)));
    for (int o = 0; o < 4; ++o) out.b[4 * o + i] = static_cast<uint8_t>(lanes[o]);
  }
  return out;
}

template <int kFrom, int kCount, int kTo>
void check_bits(const Bytes& x, const Bytes& y) {
  const Bytes taken = bytes_of(merge(take_bits<kFrom, kCount, kTo>(load(x.b)), load(y.b)));
  for (int i = 0; i < 16; ++i) {
    CHECK(taken.b[i] == ((x.b[i] >> kFrom & ((1 << kCount) - 1)) << kTo | y.b[i]));
  }
}

}  // namespace

TEST_CASE("simd: bits of bytes are taken out, moved and merged") {
  test::Random random(17);
  for (int round = 0; round < 20; ++round) {
    Bytes x, y;
    for (uint8_t& b : x.b) b = static_cast<uint8_t>(random.u32());
    for (uint8_t& b : y.b) b = static_cast<uint8_t>(random.below(128));
    check_bits<0, 4, 0>(x, y);
    check_bits<4, 4, 0>(x, y);
    check_bits<0, 5, 0>(x, y);
    check_bits<5, 3, 0>(x, y);
    check_bits<6, 2, 3>(x, y);
    check_bits<5, 1, 3>(x, y);
    check_bits<5, 1, 4>(x, y);
    check_bits<0, 6, 0>(x, y);
    check_bits<6, 2, 0>(x, y);
    check_bits<6, 2, 2>(x, y);
    check_bits<6, 2, 4>(x, y);
    check_bits<0, 2, 5>(x, y);
    check_bits<1, 1, 6>(x, y);
  }
}

TEST_CASE("simd: probabilities are stored as activations") {
  const int16_t a[8] = {0, 1, 2, 3, 126, 127, 5, 6}, b[8] = {127, 0, 9, 8, 7, 6, 5, 4};
  DotInput out[16];
  store_dot_positive(out, load(a), load(b));
  for (int i = 0; i < 8; ++i) {
    CHECK(out[i] == a[i]);
    CHECK(out[i + 8] == b[i]);
  }
}

TEST_CASE("simd: a product is rounded half to even") {
  const float x[4] = {0.5f, 3.0f, -2.5f, 1000.25f};
  int32_t out[4];
  store(out, mul_round(load(x), splat(1.0f)));
  CHECK(out[0] == 0);
  CHECK(out[1] == 3);
  CHECK(out[2] == -2);
  CHECK(out[3] == 1000);
}

TEST_CASE("simd: signed activations with weights below 128 give the same pairs in every flavour") {
  test::Random random(18);
  for (int round = 0; round < 50; ++round) {
    int32_t x[16];
    uint8_t w[16];
    for (int i = 0; i < 16; ++i) {
      // First the extremes of either sign, which are clamped on the way.
      x[i] = round == 0 ? 200 : round == 1 ? -200 : random.below(255) - 127;
      w[i] = static_cast<uint8_t>(round < 2 ? 127 : random.below(128));
    }
    const I32x4 lanes[4] = {load(x), load(x + 4), load(x + 8), load(x + 12)};
    DotInput stored[16];
    store_dot_x(stored, lanes, kSignedDotRange);
    for (int step = 0; step < 4; ++step) {
      const DotX four = load_signed_dot_x(stored + 4 * step);
      const Words pairs(pair_result(dot_unsigned_w(four, load(w), pair_zero())));
      for (int i = 0; i < 8; ++i) {
        int expected = 0;
        for (int j = 2 * i; j < 2 * i + 2; ++j) {
          const int q = x[4 * step + j % 4];
          expected += (q < -127 ? -127 : q > 127 ? 127 : q) * w[j];
        }
        CHECK(pairs.v[i] == expected);
      }
    }
    // And they add up.
    const DotX four = load_signed_dot_x(stored);
    const U8x16 small = take_bits<0, 4, 0>(load(w));
    const Words once(pair_result(dot_unsigned_w(four, small, pair_zero())));
    PairSum sum = pair_zero();
    for (int i = 0; i < 8; ++i) sum = dot_unsigned_w(four, small, sum);
    const Words eight(pair_result(sum));
    for (int i = 0; i < 8; ++i) CHECK(eight.v[i] == 8 * once.v[i]);
  }
}
