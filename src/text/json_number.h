// Decimal numbers in JSON's form as doubles. The C++ library of WebAssembly has no from_chars for
// them, and strtod brings 128-bit arithmetic along.
#pragma once

#include <string_view>

namespace sotto {

// The value of a number that has JSON's form ("-1.5e-3"), to within 1e-14 of its size: correctly
// rounded where it has up to 15 digits and its last one stands for a power of ten from -22 to 22.
// Infinity where it is too large, and with fewer digits below 1e-307, as doubles have them.
double parse_json_number(std::string_view text);

}  // namespace sotto
