#include "quant/dequantize.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "unit/quant/ggml_blocks.h"
#include "unit/support/random.h"

using namespace sotto;

namespace {

constexpr int kHalves = 1 << 16;

// IEEE 754 binary16 by its definition.
double half_by_definition(uint16_t half) {
  const int sign = half >> 15 != 0 ? -1 : 1;
  const int exponent = half >> 10 & 31;
  const int mantissa = half & 1023;
  if (exponent == 31) return mantissa == 0 ? sign * HUGE_VAL : NAN;
  if (exponent == 0) return sign * std::ldexp(mantissa, -24);
  return sign * std::ldexp(1024 + mantissa, exponent - 25);
}

void check_blocks(DType dtype, std::span<const uint8_t> row, std::span<const float> values) {
  INFO("type " << dtype_name(dtype));
  const int k = static_cast<int>(values.size());
  REQUIRE(row_bytes(dtype, values.size()) == row.size());
  // One byte off: files align nothing.
  std::vector<uint8_t> unaligned(row.size() + 1);
  std::copy(row.begin(), row.end(), unaligned.begin() + 1);
  std::vector<float> out(values.size(), 9.0f);
  dequantize_row(dtype, unaligned.data() + 1, k, out.data());
  for (int i = 0; i < k; ++i) {
    INFO("element " << i);
    CHECK(out[i] == values[i]);
  }
}

template <class T>
void check_integers(DType dtype, std::vector<T> values) {
  std::vector<float> out(values.size());
  dequantize_row(dtype, reinterpret_cast<const uint8_t*>(values.data()),
                 static_cast<int>(values.size()), out.data());
  for (size_t i = 0; i < values.size(); ++i) CHECK(out[i] == static_cast<float>(values[i]));
}

}  // namespace

TEST_CASE("f16: every half becomes the float of its definition and comes back") {
  int wrong = 0;
  for (int h = 0; h < kHalves; ++h) {
    const auto half = static_cast<uint16_t>(h);
    const float value = f16_to_f32(half);
    const double expected = half_by_definition(half);
    if (std::isnan(expected)) {
      wrong += !std::isnan(value) || !std::isnan(f16_to_f32(f32_to_f16(value)));
    } else {
      wrong += value != expected || std::signbit(value) != (half >> 15 != 0) ||
               f32_to_f16(value) != half;
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("f16: floats between two halves go to the nearer one, ties to the even one") {
  int wrong = 0;
  for (int h = 0; h < 0x7bff; ++h) {  // all finite positive pairs
    const auto low = static_cast<uint16_t>(h);
    const auto high = static_cast<uint16_t>(h + 1);
    const float middle = (f16_to_f32(low) + f16_to_f32(high)) / 2;
    const uint16_t even = low % 2 == 0 ? low : high;
    wrong += f32_to_f16(middle) != even;
    wrong += f32_to_f16(std::nextafter(middle, 0.0f)) != low;
    wrong += f32_to_f16(std::nextafter(middle, 1e9f)) != high;
    wrong += f32_to_f16(-middle) != (even | 0x8000);
  }
  CHECK(wrong == 0);
}

TEST_CASE("f16: what is too large becomes infinity") {
  CHECK(f32_to_f16(65504.0f) == 0x7bff);
  CHECK(f32_to_f16(std::nextafter(65520.0f, 0.0f)) == 0x7bff);
  CHECK(f32_to_f16(65520.0f) == 0x7c00);
  CHECK(f32_to_f16(-std::numeric_limits<float>::max()) == 0xfc00);
  CHECK(f32_to_f16(std::numeric_limits<float>::infinity()) == 0x7c00);
  CHECK(f32_to_f16(std::numeric_limits<float>::denorm_min()) == 0);
}

TEST_CASE("ggml blocks give the figures worked out from their drawing") {
  using namespace ggml_blocks;
  check_blocks(DType::kQ8_0, k_q8_0_row, k_q8_0_values);
  check_blocks(DType::kQ5_0, k_q5_0_row, k_q5_0_values);
  check_blocks(DType::kQ5_1, k_q5_1_row, k_q5_1_values);
  check_blocks(DType::kQ4_0, k_q4_0_row, k_q4_0_values);
  check_blocks(DType::kQ4_1, k_q4_1_row, k_q4_1_values);
  check_blocks(DType::kQ4_K, k_q4_k_row, k_q4_k_values);
  check_blocks(DType::kQ5_K, k_q5_k_row, k_q5_k_values);
  check_blocks(DType::kQ6_K, k_q6_k_row, k_q6_k_values);
}

TEST_CASE("rows of plain types") {
  test::Random random(3);
  const std::vector<float> floats = random.floats(37, -1e3f, 1e3f);
  check_integers<float>(DType::kF32, floats);
  check_integers<int8_t>(DType::kI8, {-128, -1, 0, 1, 127});
  check_integers<int16_t>(DType::kI16, {-32768, -1, 0, 1, 32767});
  check_integers<int32_t>(DType::kI32, {-16777216, -1, 0, 1, 16777216});

  std::vector<uint16_t> halves, brains;
  for (const float f : floats) {
    halves.push_back(f32_to_f16(f));
    uint32_t bits;
    std::memcpy(&bits, &f, sizeof(bits));
    brains.push_back(static_cast<uint16_t>(bits >> 16));
  }
  std::vector<float> out(floats.size());
  dequantize_row(DType::kF16, reinterpret_cast<const uint8_t*>(halves.data()), 37, out.data());
  for (size_t i = 0; i < out.size(); ++i) CHECK(out[i] == f16_to_f32(halves[i]));
  dequantize_row(DType::kBF16, reinterpret_cast<const uint8_t*>(brains.data()), 37, out.data());
  // The upper half keeps eight bits of the mantissa.
  for (size_t i = 0; i < out.size(); ++i) {
    CHECK(std::fabs(out[i] - floats[i]) <= std::fabs(floats[i]) * 0x1p-7f);
  }
}

TEST_CASE("row_bytes: zero where a type cannot hold the row") {
  CHECK(row_bytes(DType::kF32, 5) == 20);
  CHECK(row_bytes(DType::kF16, 5) == 10);
  CHECK(row_bytes(DType::kBF16, 5) == 10);
  CHECK(row_bytes(DType::kI8, 5) == 5);
  CHECK(row_bytes(DType::kI16, 5) == 10);
  CHECK(row_bytes(DType::kI32, 5) == 20);
  CHECK(row_bytes(DType::kQ8Tiles, 32) == 0);
  for (const DType dtype : {DType::kQ8_0, DType::kQ5_0, DType::kQ5_1, DType::kQ4_0, DType::kQ4_1}) {
    CHECK(row_bytes(dtype, 31) == 0);
    CHECK(row_bytes(dtype, 33) == 0);
    CHECK(row_bytes(dtype, 64) == 2 * row_bytes(dtype, 32));
  }
  for (const DType dtype : {DType::kQ4_K, DType::kQ5_K, DType::kQ6_K}) {
    CHECK(row_bytes(dtype, 128) == 0);
    CHECK(row_bytes(dtype, 384) == 0);
    CHECK(row_bytes(dtype, 512) == 2 * row_bytes(dtype, 256));
  }
}

TEST_CASE("every type has a name of its own") {
  std::vector<std::string> names;
  for (uint32_t i = 0; i <= static_cast<uint32_t>(DType::kQ6_K); ++i) {
    names.emplace_back(dtype_name(static_cast<DType>(i)));
    CHECK(names.back() != "unknown");
  }
  std::sort(names.begin(), names.end());
  CHECK(std::unique(names.begin(), names.end()) == names.end());
  CHECK(std::string(dtype_name(static_cast<DType>(99))) == "unknown");
}
