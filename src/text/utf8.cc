#include "text/utf8.h"

namespace sotto {
namespace {

struct Lead {
  int continuation_bytes;  // -1 where no character begins so
  // Bounds of the second byte: they exclude overlong forms, surrogates and what lies above
  // U+10FFFF (Unicode Standard, table 3-7).
  uint8_t second_low;
  uint8_t second_high;
};

Lead lead_of(uint8_t byte) {
  if (byte < 0x80) return {0, 0x80, 0xBF};
  if (byte < 0xC2) return {-1, 0, 0};
  if (byte < 0xE0) return {1, 0x80, 0xBF};
  if (byte == 0xE0) return {2, 0xA0, 0xBF};
  if (byte == 0xED) return {2, 0x80, 0x9F};
  if (byte < 0xF0) return {2, 0x80, 0xBF};
  if (byte == 0xF0) return {3, 0x90, 0xBF};
  if (byte < 0xF4) return {3, 0x80, 0xBF};
  if (byte == 0xF4) return {3, 0x80, 0x8F};
  return {-1, 0, 0};
}

}  // namespace

Utf8Char utf8_at(std::string_view text, size_t pos) {
  const uint8_t first = static_cast<uint8_t>(text[pos]);
  const Lead lead = lead_of(first);
  if (lead.continuation_bytes < 0) return {Utf8State::kInvalid, 0, 1};
  if (lead.continuation_bytes == 0) return {Utf8State::kValid, first, 1};

  // The lead byte keeps 5, 4 or 3 bits of the code point.
  uint32_t code_point = first & (0x3Fu >> lead.continuation_bytes);
  uint8_t low = lead.second_low;
  uint8_t high = lead.second_high;
  size_t size = 1;
  for (int i = 0; i < lead.continuation_bytes; ++i) {
    if (pos + size >= text.size()) return {Utf8State::kIncomplete, 0, size};
    const uint8_t byte = static_cast<uint8_t>(text[pos + size]);
    if (byte < low || byte > high) return {Utf8State::kInvalid, 0, size};
    code_point = code_point << 6 | (byte & 0x3Fu);
    low = 0x80;
    high = 0xBF;
    ++size;
  }
  return {Utf8State::kValid, code_point, size};
}

void append_valid_utf8(std::string_view text, std::string& out) {
  size_t copied = 0;
  for (size_t pos = 0; pos < text.size();) {
    const Utf8Char c = utf8_at(text, pos);
    if (c.state != Utf8State::kValid) {
      out.append(text, copied, pos - copied);
      out.append("\xEF\xBF\xBD");
      copied = pos + c.size_bytes;
    }
    pos += c.size_bytes;
  }
  out.append(text, copied, text.size() - copied);
}

size_t incomplete_utf8_tail_bytes(std::string_view text) {
  // The longest character has 4 bytes, so a tail that lacks one has at most 3.
  for (size_t tail = 1; tail <= 3 && tail <= text.size(); ++tail) {
    const size_t pos = text.size() - tail;
    if ((static_cast<uint8_t>(text[pos]) & 0xC0) == 0x80) continue;
    const Utf8Char c = utf8_at(text, pos);
    return c.state == Utf8State::kIncomplete && c.size_bytes == tail ? tail : 0;
  }
  return 0;
}

}  // namespace sotto
