#include "text/json_reader.h"

#include <cmath>
#include <utility>

#include "text/json_number.h"
#include "text/utf8.h"

namespace sotto {
namespace {

constexpr uint32_t kFirstHighSurrogate = 0xD800;
constexpr uint32_t kFirstLowSurrogate = 0xDC00;
constexpr uint32_t kLastSurrogate = 0xDFFF;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

void append_utf8(uint32_t code_point, std::string& out) {
  const auto rest = [&](int shift) {
    out.push_back(static_cast<char>(0x80 | (code_point >> shift & 0x3F)));
  };
  if (code_point < 0x80) {
    out.push_back(static_cast<char>(code_point));
  } else if (code_point < 0x800) {
    out.push_back(static_cast<char>(0xC0 | code_point >> 6));
    rest(0);
  } else if (code_point < 0x10000) {
    out.push_back(static_cast<char>(0xE0 | code_point >> 12));
    rest(6), rest(0);
  } else {
    out.push_back(static_cast<char>(0xF0 | code_point >> 18));
    rest(12), rest(6), rest(0);
  }
}

}  // namespace

void JsonReader::fail(Status status) {
  if (status_.ok()) status_ = std::move(status);
}

void JsonReader::expected(const char* what) {
  std::string got = "the end of the text";
  if (pos_ < text_.size()) {
    const char c = text_[pos_];
    const bool printable = c >= ' ' && c <= '~';
    got = printable ? std::string("'") + c + "'"
                    : "byte " + std::to_string(static_cast<unsigned char>(c));
  }
  fail(mismatch(Code::kBadFormat, "JSON at byte " + std::to_string(pos_), what, got));
}

char JsonReader::peek() { return status_.ok() && pos_ < text_.size() ? text_[pos_] : '\0'; }

void JsonReader::skip_space() {
  while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') ++pos_;
}

bool JsonReader::take(char c) {
  if (peek() != c || pos_ >= text_.size()) return false;
  ++pos_;
  return true;
}

JsonKind JsonReader::kind() {
  skip_space();
  switch (peek()) {
    case 'n': return JsonKind::kNull;
    case 't':
    case 'f': return JsonKind::kBool;
    case '"': return JsonKind::kString;
    case '[': return JsonKind::kArray;
    case '{': return JsonKind::kObject;
    case '-': return JsonKind::kNumber;
    default: return is_digit(peek()) ? JsonKind::kNumber : JsonKind::kNone;
  }
}

// The letters of true, false and null.
void JsonReader::word(const char* letters) {
  if (!status_.ok()) return;
  for (const char* c = letters; *c != '\0'; ++c) {
    if (!take(*c)) return expected(letters);
  }
}

void JsonReader::null() {
  skip_space();
  word("null");
}

bool JsonReader::boolean() {
  if (kind() != JsonKind::kBool) {
    if (status_.ok()) expected("true or false");
    return false;
  }
  const bool value = peek() == 't';
  word(value ? "true" : "false");
  return value && status_.ok();
}

void JsonReader::digits() {
  if (!is_digit(peek())) return expected("a digit");
  while (is_digit(peek())) ++pos_;
}

// The letters of a number, checked; empty after a failure.
std::string_view JsonReader::number_text() {
  if (kind() != JsonKind::kNumber) {
    if (status_.ok()) expected("a number");
    return {};
  }
  const size_t start = pos_;
  take('-');
  // No zero in front of other digits.
  if (!take('0')) digits();
  if (take('.')) digits();
  if (take('e') || take('E')) {
    if (!take('+')) take('-');
    digits();
  }
  return status_.ok() ? text_.substr(start, pos_ - start) : std::string_view();
}

double JsonReader::number() {
  skip_space();
  const size_t start = pos_;
  const std::string_view text = number_text();
  if (text.empty()) return 0;
  const double value = parse_json_number(text);
  if (std::isfinite(value)) return value;
  fail(mismatch(Code::kBadFormat, "JSON at byte " + std::to_string(start), "a number below 1.8e308",
                std::string(text.substr(0, 40))));
  return 0;
}

uint64_t JsonReader::unsigned_integer(uint64_t most) {
  skip_space();
  const size_t start = pos_;
  const std::string_view text = number_text();
  if (text.empty()) return 0;
  uint64_t value = 0;
  bool fits = true;
  for (const char c : text) {
    const uint64_t digit = is_digit(c) ? static_cast<uint64_t>(c - '0') : 10;
    fits = fits && digit < 10 && digit <= most && value <= (most - digit) / 10;
    if (fits) value = value * 10 + digit;
  }
  if (fits) return value;
  fail(mismatch(Code::kBadFormat, "JSON at byte " + std::to_string(start),
                "an integer from 0 to " + std::to_string(most), std::string(text.substr(0, 40))));
  return 0;
}

uint32_t JsonReader::hex4() {
  uint32_t value = 0;
  for (int i = 0; i < 4; ++i) {
    const char c = peek();
    const int lower = c | 0x20;
    const bool is_letter = lower >= 'a' && lower <= 'f';
    if (!is_digit(c) && !is_letter) {
      expected("four hexadecimal digits");
      return 0;
    }
    value = value << 4 | static_cast<uint32_t>(is_letter ? lower - 'a' + 10 : c - '0');
    ++pos_;
  }
  return value;
}

// What stands behind a backslash.
void JsonReader::escape(std::string& out) {
  switch (const char c = peek(); c) {
    case '"':
    case '\\':
    case '/': out.push_back(c); break;
    case 'b': out.push_back('\b'); break;
    case 'f': out.push_back('\f'); break;
    case 'n': out.push_back('\n'); break;
    case 'r': out.push_back('\r'); break;
    case 't': out.push_back('\t'); break;
    case 'u': {
      ++pos_;
      uint32_t code_point = hex4();
      if (code_point >= kFirstLowSurrogate && code_point <= kLastSurrogate) {
        return expected("a high surrogate in front of a low one");
      }
      if (code_point >= kFirstHighSurrogate && code_point < kFirstLowSurrogate) {
        if (!take('\\') || !take('u')) return expected("a low surrogate's \\u");
        const uint32_t low = hex4();
        if (low < kFirstLowSurrogate || low > kLastSurrogate) return expected("a low surrogate");
        code_point =
            0x10000 + ((code_point - kFirstHighSurrogate) << 10) + (low - kFirstLowSurrogate);
      }
      append_utf8(code_point, out);
      return;
    }
    default: return expected("an escape");
  }
  ++pos_;
}

std::string JsonReader::string() {
  std::string out;
  skip_space();
  if (!take('"')) {
    if (status_.ok()) expected("a string");
    return out;
  }
  while (status_.ok() && !take('"')) {
    if (pos_ >= text_.size()) {
      expected("the end of a string");
    } else if (take('\\')) {
      escape(out);
    } else if (static_cast<unsigned char>(text_[pos_]) < 0x20) {
      expected("no control character in a string");
    } else {
      const Utf8Char c = utf8_at(text_, pos_);
      if (c.state != Utf8State::kValid) {
        expected("UTF-8");
      } else {
        out.append(text_, pos_, c.size_bytes);
        pos_ += c.size_bytes;
      }
    }
  }
  if (!status_.ok()) out.clear();
  return out;
}

bool JsonReader::enter(char open) {
  skip_space();
  const size_t start = pos_;
  if (!take(open)) {
    if (status_.ok()) expected(open == '{' ? "an object" : "an array");
    return false;
  }
  if (depth_ < kMaxDepth) return true;
  fail(mismatch(Code::kBadFormat, "JSON at byte " + std::to_string(start),
                "at most " + std::to_string(kMaxDepth) + " values inside one another", "one more"));
  return false;
}

void JsonReader::object(FunctionRef<void(const std::string& key)> on_member) {
  if (!enter('{')) return;
  ++depth_;
  skip_space();
  for (bool more = !take('}'); more && status_.ok();) {
    const std::string key = string();
    skip_space();
    if (!take(':')) expected("':'");
    if (status_.ok()) on_member(key);
    skip_space();
    more = !take('}');
    if (more && !take(',')) expected("',' or '}'");
  }
  --depth_;
}

void JsonReader::array(FunctionRef<void()> on_item) {
  if (!enter('[')) return;
  ++depth_;
  skip_space();
  for (bool more = !take(']'); more && status_.ok();) {
    on_item();
    skip_space();
    more = !take(']');
    if (more && !take(',')) expected("',' or ']'");
  }
  --depth_;
}

void JsonReader::skip() {
  switch (kind()) {
    case JsonKind::kNull: return null();
    case JsonKind::kBool: return static_cast<void>(boolean());
    case JsonKind::kNumber: return static_cast<void>(number_text());
    case JsonKind::kString: return static_cast<void>(string());
    case JsonKind::kArray: return array([this] { skip(); });
    case JsonKind::kObject: return object([this](const std::string&) { skip(); });
    case JsonKind::kNone: break;
  }
  expected("a value");
}

void JsonReader::finish() {
  skip_space();
  if (status_.ok() && pos_ < text_.size()) expected("the end of the text");
}

}  // namespace sotto
