#include "text/unicode_classes.h"

#include <doctest/doctest.h>

#include "unit/text/golden_strings.h"

using sotto::char_class;
using sotto::CharClass;

TEST_CASE("well-known characters are in their class") {
  for (const uint32_t c : {0x41u, 0x7Au, 0xAAu, 0xE9u, 0x3B1u, 0x416u, 0x5D0u, 0x627u, 0x4E2Du,
                           0xAC00u, 0x3042u, 0x1D400u, 0x20000u, 0x31350u}) {
    CAPTURE(c);
    CHECK(char_class(c) == CharClass::kLetter);
  }
  for (const uint32_t c :
       {0x30u, 0x39u, 0xB2u, 0xBDu, 0x660u, 0x2167u, 0x2460u, 0x3007u, 0x1F100u}) {
    CAPTURE(c);
    CHECK(char_class(c) == CharClass::kNumber);
  }
  for (const uint32_t c : {0x09u, 0x0Du, 0x20u, 0x85u, 0xA0u, 0x1680u, 0x2028u, 0x202Fu, 0x3000u}) {
    CAPTURE(c);
    CHECK(char_class(c) == CharClass::kSpace);
  }
  // A zero-width space, a joiner, a combining mark, an emoji, private use, what is no code point.
  for (const uint32_t c : {0x00u, 0x1Cu, 0x21u, 0x5Fu, 0x180Eu, 0x200Bu, 0x200Du, 0x301u, 0x1F600u,
                           0xE000u, 0xFFFFu, 0x10FFFFu, 0x110000u, 0xFFFFFFFFu}) {
    CAPTURE(c);
    CHECK(char_class(c) == CharClass::kOther);
  }
}

TEST_CASE("every code point is in the class that tiktoken sees it in") {
  sotto_test::Fnv1a hash;
  for (uint32_t c = 0; c < 0x110000; ++c) {
    if (c >= 0xD800 && c < 0xE000) continue;
    hash.add_byte(static_cast<uint8_t>(char_class(c)));
  }
  CHECK(hash.value() == sotto_test::golden_tokens().classes);
}
