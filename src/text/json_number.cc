#include "text/json_number.h"

#include <algorithm>
#include <cstdint>

namespace sotto {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// x * 10^exponent, in steps that a double holds exactly.
double scale_by_power_of_ten(double x, int exponent) {
  constexpr int kLargest = 22;  // 10^22 is the last power of ten that a double holds exactly
  constexpr double kPowers[kLargest + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                            1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                            1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  for (; exponent > kLargest; exponent -= kLargest) x *= kPowers[kLargest];
  for (; exponent < -kLargest; exponent += kLargest) x /= kPowers[kLargest];
  return exponent < 0 ? x / kPowers[-exponent] : x * kPowers[exponent];
}

// The digits behind the e, which may be as many as the text is long.
int64_t parse_exponent(std::string_view text) {
  constexpr int64_t kMost = int64_t{1} << 40;  // no text is long enough to make up for it
  int64_t value = 0;
  for (const char c : text) {
    if (is_digit(c)) value = std::min(value * 10 + (c - '0'), kMost);
  }
  return text[0] == '-' ? -value : value;
}

}  // namespace

double parse_json_number(std::string_view text) {
  // 19 digits fit 64 bits; those that follow only move the decimal point.
  constexpr int kMostDigits = 19;
  uint64_t mantissa = 0;
  int digits = 0;
  int64_t exponent = 0;
  bool in_fraction = false;
  size_t i = text[0] == '-' ? 1 : 0;
  for (; i < text.size() && text[i] != 'e' && text[i] != 'E'; ++i) {
    if (text[i] == '.') {
      in_fraction = true;
      continue;
    }
    const bool kept = digits < kMostDigits;
    if (kept) mantissa = mantissa * 10 + static_cast<uint64_t>(text[i] - '0');
    if (kept && mantissa != 0) ++digits;
    if (in_fraction && kept) --exponent;
    if (!in_fraction && !kept) ++exponent;
  }
  if (i < text.size()) exponent += parse_exponent(text.substr(i + 1));
  // 10^19 * 10^-400 is zero and 10^400 infinity, as whatever lies beyond.
  exponent = std::clamp<int64_t>(exponent, -400, 400);
  double size = static_cast<double>(mantissa);
  if (mantissa != 0) size = scale_by_power_of_ten(size, static_cast<int>(exponent));
  return text[0] == '-' ? -size : size;
}

}  // namespace sotto
