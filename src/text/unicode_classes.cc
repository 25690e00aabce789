#include "text/unicode_classes.h"

#include <algorithm>

#include "text/unicode_tables.h"

namespace sotto {

CharClass char_class(uint32_t code_point) {
  const uint32_t plane = code_point >> 16;
  if (plane >= kUnicodePlanes) return CharClass::kOther;
  // Each plane's first run starts at its offset 0, so that the search never comes out before it.
  const uint16_t* first = kUnicodeRunStarts + kUnicodePlaneRuns[plane];
  const uint16_t* last = kUnicodeRunStarts + kUnicodePlaneRuns[plane + 1];
  const uint16_t offset = static_cast<uint16_t>(code_point & 0xFFFF);
  const auto run = std::upper_bound(first, last, offset) - kUnicodeRunStarts - 1;
  return static_cast<CharClass>(kUnicodeRunClasses[run / 4] >> (run % 4 * 2) & 3);
}

}  // namespace sotto
