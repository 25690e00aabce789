#include "text/pretokenize.h"

#include "text/unicode_classes.h"
#include "text/utf8.h"

namespace sotto {
namespace {

struct Char {
  bool there = false;  // false at the end of the text and at an invalid byte
  CharClass kind = CharClass::kOther;
  size_t size_bytes = 0;
};

Char char_at(std::string_view text, size_t pos) {
  if (pos >= text.size()) return {};
  const Utf8Char c = utf8_at(text, pos);
  if (c.state != Utf8State::kValid) return {};
  return {true, char_class(c.code_point), c.size_bytes};
}

// '(?:[sdmt]|ll|ve|re)
size_t contraction_bytes(std::string_view text) {
  if (text[0] != '\'' || text.size() < 2) return 0;
  const char first = text[1];
  if (first == 's' || first == 'd' || first == 'm' || first == 't') return 2;
  if (text.size() < 3) return 0;
  const char second = text[2];
  return (first == 'l' && second == 'l') || (first == 'v' && second == 'e') ||
                 (first == 'r' && second == 'e')
             ? 3
             : 0;
}

// Where the run of one class that begins at `pos` ends.
size_t run_end(std::string_view text, size_t pos, CharClass kind) {
  for (Char c = char_at(text, pos); c.there && c.kind == kind; c = char_at(text, pos)) {
    pos += c.size_bytes;
  }
  return pos;
}

// \s+(?!\S)|\s+ : a run of white space, but for its last character where something follows.
size_t space_bytes(std::string_view text) {
  size_t last = 0;
  size_t end = 0;
  Char c = char_at(text, 0);
  for (; c.there && c.kind == CharClass::kSpace; c = char_at(text, end)) {
    last = end;
    end += c.size_bytes;
  }
  return c.there && last > 0 ? last : end;
}

}  // namespace

size_t first_piece_bytes(std::string_view text) {
  const size_t contraction = contraction_bytes(text);
  if (contraction > 0) return contraction;

  const Char first = char_at(text, 0);
  if (!first.there) return 1;
  if (first.kind != CharClass::kSpace) return run_end(text, 0, first.kind);
  if (text[0] == ' ') {
    const Char second = char_at(text, 1);
    if (second.there && second.kind != CharClass::kSpace) return run_end(text, 1, second.kind);
  }
  return space_bytes(text);
}

}  // namespace sotto
