// Numbers as text, for messages and traces. std::to_string and printf would bring 10 KB of code.
#pragma once

#include <string>

namespace sotto {

// `value` rounded to at most `digits` (0 to 9) digits after the point, without trailing zeros:
// "0.6", "-12", "1.5e+20" from 2^53 / 10^digits on, "nan", "inf".
std::string decimal(double value, int digits = 6);

}  // namespace sotto
