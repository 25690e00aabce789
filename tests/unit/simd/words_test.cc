#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>

#include "simd/simd.h"
#include "unit/support/words.h"

using namespace sotto;
using namespace sotto::simd;
using test::Words;

TEST_CASE("simd: 16-bit lanes are widened, interleaved, added and multiplied in pairs") {
  const int8_t a[8] = {-128, -1, 0, 1, 127, 5, -6, 100}, b[8] = {9, 8, 7, 6, -5, -4, -3, -128};
  const I16x8 x = widen_i8x8(a), y = widen_i8x8(b);
  const Words widened(x), low(interleave_low(x, y)), high(interleave_high(x, y)), sum(add(x, y));
  for (int i = 0; i < 8; ++i) {
    CHECK(widened.v[i] == a[i]);
    CHECK(low.v[i] == (i % 2 == 0 ? a : b)[i / 2]);
    CHECK(high.v[i] == (i % 2 == 0 ? a : b)[4 + i / 2]);
    CHECK(sum.v[i] == a[i] + b[i]);
  }
  int32_t products[4];
  const int16_t pair[2] = {-32768, 32767};
  store(products, dot_pairs(x, splat_pair(pair)));
  for (int i = 0; i < 4; ++i) CHECK(products[i] == a[2 * i] * -32768 + a[2 * i + 1] * 32767);
}

TEST_CASE("simd: 16-bit lanes are shifted, compared, saturated, multiplied and looked up") {
  const int16_t a[8] = {-32768, -1, 0, 1, 2047, 1000, 12345, 32767};
  const int16_t b[8] = {1, 32767, -32768, 2, 2047, 1001, 12344, -1};
  const I16x8 x = load(a), y = load(b);
  const Words larger(max(x, y)), difference(sub_saturated(x, y)), product(mul_q15(x, y));
  const Words left(shift_left<9>(x)), right(shift_right<7>(x)), even(splat_i16(-7));
  int32_t total = 0;
  for (int i = 0; i < 8; ++i) {
    CHECK(larger.v[i] == std::max(a[i], b[i]));
    CHECK(difference.v[i] == std::clamp(a[i] - b[i], -32768, 32767));
    CHECK(product.v[i] == ((a[i] * b[i] + 0x4000) >> 15));
    CHECK(left.v[i] == static_cast<int16_t>(static_cast<uint16_t>(a[i]) << 9));
    CHECK(right.v[i] == static_cast<uint16_t>(a[i]) >> 7);
    CHECK(even.v[i] == -7);
    total += a[i];
  }
  CHECK(sum(x) == total);
  CHECK(max_lane(x) == 32767);
  CHECK(max_lane(splat_i16(-5)) == -5);
  for (int at = 0; at < 8; ++at) {
    int16_t peak[8] = {};
    peak[at] = 9;
    CHECK(max_lane(load(peak)) == 9);
  }
  const int16_t c[8] = {0, 5, 2047, 100, 32767, 7, 8, 0}, d[8] = {0, 6, 1, 32767, 32767, 0, 1, 9};
  const Words above(sub_to_zero(load(c), load(d)));
  for (int i = 0; i < 8; ++i) CHECK(above.v[i] == std::max(c[i] - d[i], 0));

  const uint8_t table[16] = {0, 200, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 255};
  const int16_t places[8] = {0, 1, 2, 7, 8, 14, 15, 4};
  const Words found(lookup(load(table), load(places)));
  for (int i = 0; i < 8; ++i) CHECK(found.v[i] == table[places[i]]);
}

TEST_CASE("simd: sums and products that do not fit their lanes wrap") {
  const int32_t a[4] = {INT32_MAX, INT32_MIN, INT32_MAX, 1 << 16};
  const int32_t b[4] = {462, -1, INT32_MAX, 1 << 16};
  int32_t added[4], subtracted[4], multiplied[4], pairs[4];
  store(added, add(load(a), load(b)));
  store(subtracted, sub(load(b), load(a)));
  store(multiplied, mul(load(a), load(b)));
  for (int i = 0; i < 4; ++i) {
    // Modulo 2^32, as WebAssembly says.
    CHECK(added[i] == static_cast<int32_t>(int64_t{a[i]} + b[i]));
    CHECK(subtracted[i] == static_cast<int32_t>(int64_t{b[i]} - a[i]));
    CHECK(multiplied[i] == static_cast<int32_t>(int64_t{a[i]} * b[i]));
  }
  CHECK(sum(splat(1 << 30)) == 0);
  const I16x8 lowest = splat_i16(-32768);
  store(pairs, dot_pairs(lowest, lowest));
  for (const int32_t pair : pairs) CHECK(pair == INT32_MIN);
}

TEST_CASE("simd: four sums at once, and 16-bit lanes stored saturated") {
  const I32x4 x = splat(3);
  int32_t lanes[4] = {1, -2, 30, -400}, result[4];
  const I32x4 y = load(lanes), z = splat(-7);
  store(result, sums(x, y, z, splat(1 << 28)));
  CHECK(result[0] == 12);
  CHECK(result[1] == -371);
  CHECK(result[2] == -28);
  CHECK(result[3] == 1 << 30);

  int16_t stored[8], back[8];
  int32_t wide[4] = {40000, -40000, 32767, -32768};
  store_i16x8(stored, load(wide), y);
  const int16_t expected[8] = {32767, -32768, 32767, -32768, 1, -2, 30, -400};
  // By way of a vector, which is what they are read as.
  int32_t pairs[4];
  const int16_t ones[8] = {1, 0, 1, 0, 1, 0, 1, 0}, others[8] = {0, 1, 0, 1, 0, 1, 0, 1};
  store(pairs, dot_pairs(load(stored), load(ones)));
  for (int i = 0; i < 4; ++i) back[2 * i] = static_cast<int16_t>(pairs[i]);
  store(pairs, dot_pairs(load(stored), load(others)));
  for (int i = 0; i < 4; ++i) back[2 * i + 1] = static_cast<int16_t>(pairs[i]);
  for (int i = 0; i < 8; ++i) {
    CHECK(stored[i] == expected[i]);
    CHECK(back[i] == expected[i]);
  }
}
