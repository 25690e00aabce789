// The data of char_class, written by scripts/unicode_tables.py. Code points are cut into runs of
// one class; every plane starts a run.
#pragma once

#include <cstdint>

namespace sotto {

// Planes with a table; the ones above hold no letter, number or space.
inline constexpr uint32_t kUnicodePlanes = 4;

// Index of each plane's first run, and the count of all runs.
extern const uint16_t kUnicodePlaneRuns[kUnicodePlanes + 1];
// Offset of each run's first code point in its plane.
extern const uint16_t kUnicodeRunStarts[];
// CharClass of each run, two bits each, lowest bits first.
extern const uint8_t kUnicodeRunClasses[];

}  // namespace sotto
