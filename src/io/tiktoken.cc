#include "io/tiktoken.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

namespace sotto {
namespace {

// Whisper's tables have 0.8 MB and the largest known ones (200,000 tokens) 4 MB.
constexpr uint64_t kMaxFileBytes = 16 << 20;

int base64_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  if (c == '/') return 63;
  return -1;
}

// A lone "=" gives no bytes: that is how multilingual.tiktoken writes its empty token.
std::optional<std::string> decode_base64(std::string_view text) {
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
  // One character over holds six bits of a byte.
  if (text.size() % 4 == 1) return std::nullopt;
  std::string bytes;
  uint32_t bits = 0;
  int bit_count = 0;
  for (const char c : text) {
    const int value = base64_value(c);
    if (value < 0) return std::nullopt;
    bits = (bits << 6 | static_cast<uint32_t>(value)) & 0xFFFF;
    bit_count += 6;
    if (bit_count >= 8) {
      bit_count -= 8;
      bytes.push_back(static_cast<char>(bits >> bit_count & 0xFF));
    }
  }
  return bytes;
}

struct Entry {
  std::string bytes;
  size_t rank = 0;
};

std::optional<Entry> parse_line(std::string_view line) {
  const size_t space = line.find(' ');
  if (space == std::string_view::npos || space == 0) return std::nullopt;
  std::optional<std::string> bytes = decode_base64(line.substr(0, space));
  Entry entry;
  const char* end = line.data() + line.size();
  const auto number = std::from_chars(line.data() + space + 1, end, entry.rank);
  if (!bytes || number.ec != std::errc() || number.ptr != end) return std::nullopt;
  entry.bytes = std::move(*bytes);
  return entry;
}

Result<std::vector<Entry>> parse_lines(std::string_view text) {
  std::vector<Entry> entries;
  for (size_t line_number = 1; !text.empty(); ++line_number) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    std::optional<Entry> entry = parse_line(line);
    if (!entry) {
      return mismatch(Code::kBadFormat, ".tiktoken file, line " + std::to_string(line_number),
                      "base64, a space and a rank", "\"" + std::string(line.substr(0, 40)) + "\"");
    }
    entries.push_back(std::move(*entry));
  }
  return entries;
}

}  // namespace

Result<std::vector<std::string>> read_tiktoken(ByteSource& source) {
  const uint64_t size_bytes = source.size_bytes();
  if (size_bytes > kMaxFileBytes) {
    return mismatch(Code::kBadFormat, "bytes of a .tiktoken file",
                    "at most " + std::to_string(kMaxFileBytes), std::to_string(size_bytes));
  }
  std::string text(static_cast<size_t>(size_bytes), '\0');
  SOTTO_TRY(source.read_at(0, text.data(), text.size()));
  SOTTO_ASSIGN(std::vector<Entry> entries, parse_lines(text));
  if (entries.empty()) {
    return mismatch(Code::kBadFormat, ".tiktoken file", "at least one token", "none");
  }

  std::vector<std::string> tokens(entries.size());
  std::vector<bool> seen(entries.size());
  for (Entry& entry : entries) {
    if (entry.rank >= tokens.size() || seen[entry.rank]) {
      return mismatch(Code::kBadFormat, "ranks of a .tiktoken file",
                      "0 to " + std::to_string(tokens.size() - 1) + ", each once",
                      (entry.rank < tokens.size() ? "twice " : "") + std::to_string(entry.rank));
    }
    seen[entry.rank] = true;
    tokens[entry.rank] = std::move(entry.bytes);
  }
  return tokens;
}

}  // namespace sotto
