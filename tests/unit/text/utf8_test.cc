#include "text/utf8.h"

#include <doctest/doctest.h>

#include "unit/text/golden_strings.h"

using sotto::append_valid_utf8;
using sotto::incomplete_utf8_tail_bytes;
using sotto::utf8_at;
using sotto::Utf8State;

namespace {

std::string replaced(std::string_view text) {
  std::string out;
  append_valid_utf8(text, out);
  return out;
}

}  // namespace

TEST_CASE("every scalar value is read back") {
  for (uint32_t c = 0; c < 0x110000; ++c) {
    if (c >= 0xD800 && c < 0xE000) continue;
    std::string text;
    sotto_test::append_utf8(text, c);
    const sotto::Utf8Char read = utf8_at(text, 0);
    if (read.state != Utf8State::kValid || read.code_point != c || read.size_bytes != text.size()) {
      FAIL("code point " << c);
    }
  }
}

TEST_CASE("ill-formed bytes are replaced as Python replaces them") {
  CHECK(replaced("plain") == "plain");
  CHECK(replaced("\x80") == "\uFFFD");
  CHECK(replaced("a\xC0\x80z") == "a\uFFFD\uFFFDz");        // overlong
  CHECK(replaced("\xE2\x82") == "\uFFFD");                  // cut short
  CHECK(replaced("\xE2\x82z") == "\uFFFDz");                // broken off
  CHECK(replaced("\xED\xA0\x80") == "\uFFFD\uFFFD\uFFFD");  // a surrogate
  CHECK(replaced("\xF0\x9F\x98\xF0\x9F\x98\x80") == "\uFFFD\U0001F600");
  CHECK(replaced("\xF4\x90\x80\x80") == "\uFFFD\uFFFD\uFFFD\uFFFD");  // above U+10FFFF
}

TEST_CASE("2,000 byte strings are replaced as Python replaced them") {
  const auto golden = sotto_test::golden_tokens();
  const auto strings = sotto_test::golden_strings().byte_strings;
  for (size_t i = 0; i < strings.size(); ++i) {
    if (sotto_test::hash_of(replaced(strings[i])) != golden.replaced[i]) {
      FAIL("byte string " << i);
    }
  }
}

TEST_CASE("an unfinished character at the end is told from a broken one") {
  CHECK(incomplete_utf8_tail_bytes("") == 0);
  CHECK(incomplete_utf8_tail_bytes("abc") == 0);
  CHECK(incomplete_utf8_tail_bytes("a\xC3") == 1);
  CHECK(incomplete_utf8_tail_bytes("a\xE2") == 1);
  CHECK(incomplete_utf8_tail_bytes("a\xE2\x82") == 2);
  CHECK(incomplete_utf8_tail_bytes("a\xE2\x82\xAC") == 0);
  CHECK(incomplete_utf8_tail_bytes("\xF0\x9F\x98") == 3);
  CHECK(incomplete_utf8_tail_bytes("\xF0\x9F") == 2);
  CHECK(incomplete_utf8_tail_bytes("\xED\xA0") == 0);  // no character begins so
  CHECK(incomplete_utf8_tail_bytes("\x80\x80\x80\x80") == 0);
  CHECK(incomplete_utf8_tail_bytes("\xC0") == 0);
  CHECK(incomplete_utf8_tail_bytes("\xFF") == 0);
}
