#include "base/decimal.h"

#include <cmath>
#include <cstdint>

namespace sotto {
namespace {

// Above it doubles have no digits after the point, and rounding to an integer is no longer exact.
constexpr double kMostExact = 9007199254740992.0;  // 2^53

}  // namespace

std::string decimal(double value, int digits) {
  if (std::isnan(value)) return "nan";
  const std::string sign = std::signbit(value) ? "-" : "";
  value = std::abs(value);
  if (std::isinf(value)) return sign + "inf";
  uint64_t unit = 1;
  for (int i = 0; i < digits; ++i) unit *= 10;
  int exponent = 0;
  if (value * static_cast<double>(unit) >= kMostExact) {
    for (; value >= 10; value /= 10) ++exponent;
  }
  const uint64_t scaled = static_cast<uint64_t>(value * static_cast<double>(unit) + 0.5);
  std::string text = std::to_string(scaled / unit);
  std::string fraction = std::to_string(unit + scaled % unit).substr(1);
  while (!fraction.empty() && fraction.back() == '0') fraction.pop_back();
  if (!fraction.empty()) text += "." + fraction;
  if (exponent > 0) text += "e+" + std::to_string(exponent);
  return scaled == 0 ? text : sign + text;
}

}  // namespace sotto
