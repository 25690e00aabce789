// UTF-8, read without trust: what is ill-formed is reported, never skipped over unseen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sotto {

enum class Utf8State {
  kValid,
  kInvalid,     // no character begins with these bytes
  kIncomplete,  // the text ends inside a character that more bytes could complete
};

struct Utf8Char {
  Utf8State state = Utf8State::kInvalid;
  uint32_t code_point = 0;  // where valid
  // Bytes of the character. Where it is not valid, those of the "maximal subpart" (Unicode
  // Standard, section 3.9, U+FFFD Substitution of Maximal Subparts), at least one.
  size_t size_bytes = 1;
};

// The character at `pos`, which must lie inside the text.
Utf8Char utf8_at(std::string_view text, size_t pos);

// Appends the text with each maximal ill-formed subpart replaced by U+FFFD, as Python's
// bytes.decode('utf-8', errors='replace') does.
void append_valid_utf8(std::string_view text, std::string& out);

// How many bytes at the end of the text begin a character and do not complete it: 0 to 3.
size_t incomplete_utf8_tail_bytes(std::string_view text);

}  // namespace sotto
