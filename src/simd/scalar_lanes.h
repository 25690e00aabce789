// Lanes in plain C++, which define what every operation means. See simd/simd.h.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

namespace sotto::simd {

struct F32x4 {
  float a, b, c, d;
};
struct I32x4 {
  int32_t a, b, c, d;
};

inline F32x4 load(const float* p) { return {p[0], p[1], p[2], p[3]}; }
inline I32x4 load(const int32_t* p) { return {p[0], p[1], p[2], p[3]}; }
inline void store(float* p, F32x4 x) { p[0] = x.a, p[1] = x.b, p[2] = x.c, p[3] = x.d; }
inline void store(int32_t* p, I32x4 x) { p[0] = x.a, p[1] = x.b, p[2] = x.c, p[3] = x.d; }
inline F32x4 splat(float x) { return {x, x, x, x}; }
inline I32x4 splat(int32_t x) { return {x, x, x, x}; }
inline F32x4 zero_f32() { return splat(0.0f); }

inline F32x4 add(F32x4 x, F32x4 y) { return {x.a + y.a, x.b + y.b, x.c + y.c, x.d + y.d}; }
inline F32x4 sub(F32x4 x, F32x4 y) { return {x.a - y.a, x.b - y.b, x.c - y.c, x.d - y.d}; }
inline F32x4 mul(F32x4 x, F32x4 y) { return {x.a * y.a, x.b * y.b, x.c * y.c, x.d * y.d}; }
inline F32x4 div(F32x4 x, F32x4 y) { return {x.a / y.a, x.b / y.b, x.c / y.c, x.d / y.d}; }
inline F32x4 mul_add(F32x4 x, F32x4 y, F32x4 z) { return add(mul(x, y), z); }
inline F32x4 sqrt(F32x4 x) {
  return {std::sqrt(x.a), std::sqrt(x.b), std::sqrt(x.c), std::sqrt(x.d)};
}
inline F32x4 abs(F32x4 x) {
  return {std::fabs(x.a), std::fabs(x.b), std::fabs(x.c), std::fabs(x.d)};
}
inline float lesser(float x, float y) { return x < y ? x : y; }
inline float greater(float x, float y) { return y < x ? x : y; }
inline F32x4 min(F32x4 x, F32x4 y) {
  return {lesser(x.a, y.a), lesser(x.b, y.b), lesser(x.c, y.c), lesser(x.d, y.d)};
}
inline F32x4 max(F32x4 x, F32x4 y) {
  return {greater(x.a, y.a), greater(x.b, y.b), greater(x.c, y.c), greater(x.d, y.d)};
}

// 32-bit lanes wrap, as those of WebAssembly do; where int would overflow, C++ says nothing.
inline int32_t add_lane(int32_t x, int32_t y) {
  return static_cast<int32_t>(static_cast<uint32_t>(x) + static_cast<uint32_t>(y));
}
inline int32_t sub_lane(int32_t x, int32_t y) {
  return static_cast<int32_t>(static_cast<uint32_t>(x) - static_cast<uint32_t>(y));
}
inline int32_t mul_lane(int32_t x, int32_t y) {
  return static_cast<int32_t>(static_cast<uint32_t>(x) * static_cast<uint32_t>(y));
}
inline I32x4 add(I32x4 x, I32x4 y) {
  return {add_lane(x.a, y.a), add_lane(x.b, y.b), add_lane(x.c, y.c), add_lane(x.d, y.d)};
}
inline I32x4 sub(I32x4 x, I32x4 y) {
  return {sub_lane(x.a, y.a), sub_lane(x.b, y.b), sub_lane(x.c, y.c), sub_lane(x.d, y.d)};
}
inline I32x4 mul(I32x4 x, I32x4 y) {
  return {mul_lane(x.a, y.a), mul_lane(x.b, y.b), mul_lane(x.c, y.c), mul_lane(x.d, y.d)};
}

inline int32_t round_lane(float x) {
  // Adding 1.5 * 2^23 leaves the rounded value in the low bits of the fraction, by the default
  // rounding (half to even), and is defined for every input.
  const float magic = 12582912.0f;
  const float shifted = x + magic;
  uint32_t bits, zero;
  std::memcpy(&bits, &shifted, sizeof bits);
  std::memcpy(&zero, &magic, sizeof zero);
  return static_cast<int32_t>(bits - zero);
}
inline I32x4 round_to_i32(F32x4 x) {
  return {round_lane(x.a), round_lane(x.b), round_lane(x.c), round_lane(x.d)};
}
inline I32x4 mul_round(F32x4 x, F32x4 y) { return round_to_i32(mul(x, y)); }
inline F32x4 to_f32(I32x4 x) {
  return {static_cast<float>(x.a), static_cast<float>(x.b), static_cast<float>(x.c),
          static_cast<float>(x.d)};
}
inline float exp2_lane(int32_t e) {
  // An IEEE 754 single with exponent e and a fraction of zero.
  const uint32_t bits = static_cast<uint32_t>(add_lane(e, 127)) << 23;
  float x;
  std::memcpy(&x, &bits, sizeof x);
  return x;
}
inline F32x4 exp2_int(I32x4 e) {
  return {exp2_lane(e.a), exp2_lane(e.b), exp2_lane(e.c), exp2_lane(e.d)};
}
inline float sum(F32x4 x) { return (x.a + x.c) + (x.b + x.d); }
inline float max_lane(F32x4 x) { return greater(greater(x.a, x.c), greater(x.b, x.d)); }
inline int8_t saturate_i8(int32_t x) {
  return static_cast<int8_t>(x < -128 ? -128 : x > 127 ? 127 : x);
}
inline void store_i8x16(int8_t* p, const I32x4 x[4]) {
  for (int i = 0; i < 4; ++i, p += 4) {
    p[0] = saturate_i8(x[i].a), p[1] = saturate_i8(x[i].b);
    p[2] = saturate_i8(x[i].c), p[3] = saturate_i8(x[i].d);
  }
}
inline void store_i8x16_transposed(int8_t* p, const I32x4 x[4]) {
  for (int i = 0; i < 4; ++i) {
    p[i] = static_cast<int8_t>(x[i].a), p[i + 4] = static_cast<int8_t>(x[i].b);
    p[i + 8] = static_cast<int8_t>(x[i].c), p[i + 12] = static_cast<int8_t>(x[i].d);
  }
}
inline int32_t sum(I32x4 x) { return add_lane(add_lane(x.a, x.c), add_lane(x.b, x.d)); }

inline I32x4 sums(I32x4 x, I32x4 y, I32x4 z, I32x4 w) { return {sum(x), sum(y), sum(z), sum(w)}; }

struct I16x8 {
  int16_t v[8];
};
inline I16x8 widen_i8x8(const int8_t* p) {
  return {{p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7]}};
}
inline I16x8 load(const int16_t* p) {
  I16x8 x;
  std::memcpy(x.v, p, sizeof(x.v));
  return x;
}
inline int16_t saturate_i16(int32_t x) {
  return static_cast<int16_t>(x < INT16_MIN ? INT16_MIN : x > INT16_MAX ? INT16_MAX : x);
}
inline void store_i16x8(int16_t* p, I32x4 x, I32x4 y) {
  p[0] = saturate_i16(x.a), p[1] = saturate_i16(x.b), p[2] = saturate_i16(x.c);
  p[3] = saturate_i16(x.d), p[4] = saturate_i16(y.a), p[5] = saturate_i16(y.b);
  p[6] = saturate_i16(y.c), p[7] = saturate_i16(y.d);
}
inline I16x8 splat_pair(const int16_t* p) {
  return {{p[0], p[1], p[0], p[1], p[0], p[1], p[0], p[1]}};
}
inline I16x8 splat_i16(int16_t x) { return {{x, x, x, x, x, x, x, x}}; }
inline I16x8 add(I16x8 x, I16x8 y) {
  for (int i = 0; i < 8; ++i) x.v[i] = static_cast<int16_t>(x.v[i] + y.v[i]);
  return x;
}
inline I16x8 sub_saturated(I16x8 x, I16x8 y) {
  for (int i = 0; i < 8; ++i) x.v[i] = saturate_i16(x.v[i] - y.v[i]);
  return x;
}
inline I16x8 sub_to_zero(I16x8 x, I16x8 y) {
  for (int i = 0; i < 8; ++i) x.v[i] = static_cast<int16_t>(x.v[i] > y.v[i] ? x.v[i] - y.v[i] : 0);
  return x;
}
inline I16x8 max(I16x8 x, I16x8 y) {
  for (int i = 0; i < 8; ++i) x.v[i] = x.v[i] < y.v[i] ? y.v[i] : x.v[i];
  return x;
}
template <int kBits>
I16x8 shift_left(I16x8 x) {
  for (int16_t& v : x.v) v = static_cast<int16_t>(static_cast<uint16_t>(v) << kBits);
  return x;
}
template <int kBits>
I16x8 shift_right(I16x8 x) {
  for (int16_t& v : x.v) v = static_cast<int16_t>(static_cast<uint16_t>(v) >> kBits);
  return x;
}
inline I16x8 mul_q15(I16x8 x, I16x8 y) {
  for (int i = 0; i < 8; ++i) x.v[i] = static_cast<int16_t>((x.v[i] * y.v[i] + 0x4000) >> 15);
  return x;
}
inline I16x8 interleave_low(I16x8 x, I16x8 y) {
  return {{x.v[0], y.v[0], x.v[1], y.v[1], x.v[2], y.v[2], x.v[3], y.v[3]}};
}
inline I16x8 interleave_high(I16x8 x, I16x8 y) {
  return {{x.v[4], y.v[4], x.v[5], y.v[5], x.v[6], y.v[6], x.v[7], y.v[7]}};
}
inline I32x4 dot_pairs(I16x8 x, I16x8 y) {
  const auto pair = [&](int i) { return add_lane(x.v[i] * y.v[i], x.v[i + 1] * y.v[i + 1]); };
  return {pair(0), pair(2), pair(4), pair(6)};
}
inline int16_t max_lane(I16x8 x) {
  for (int i = 1; i < 8; ++i) x.v[0] = x.v[0] < x.v[i] ? x.v[i] : x.v[0];
  return x.v[0];
}
inline int32_t sum(I16x8 x) { return sum(dot_pairs(x, splat_i16(1))); }

struct U8x16 {
  uint8_t b[16];
};
inline U8x16 load(const uint8_t* p) {
  U8x16 x;
  std::memcpy(x.b, p, sizeof(x.b));
  return x;
}
inline I16x8 lookup(U8x16 table, I16x8 i) {
  for (int16_t& v : i.v) v = table.b[v & 15];
  return i;
}
template <int kFrom, int kCount, int kTo>
U8x16 take_bits(U8x16 x) {
  for (uint8_t& b : x.b) b = static_cast<uint8_t>((b >> kFrom & ((1 << kCount) - 1)) << kTo);
  return x;
}
inline U8x16 merge(U8x16 x, U8x16 y) {
  for (int i = 0; i < 16; ++i) x.b[i] |= y.b[i];
  return x;
}

}  // namespace sotto::simd
