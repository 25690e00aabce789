// The strings of tests/golden/tokens.bin, drawn again. scripts/golden_tokens.py says what they are
// made of; the two must stay alike, draw by draw.
#pragma once

#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "unit/text/text_assets.h"

namespace sotto_test {

inline constexpr int kStrings = 10'000;
inline constexpr int kByteStrings = 2'000;

// tests/golden/tokens.bin, part by part.
struct GoldenTokens {
  std::vector<uint64_t> gpt2, multilingual, replaced;
  uint64_t classes = 0;
  std::vector<uint64_t> sentences_gpt2, sentences_multilingual;
};

inline std::vector<std::string> golden_sentences() {
  std::vector<std::string> lines =
      split(read_source_file("tests/golden/tokens_sentences.txt"), '\n');
  lines.pop_back();  // what follows the last newline
  return lines;
}

inline GoldenTokens golden_tokens() {
  const std::string file = read_source_file("tests/golden/tokens.bin");
  const size_t sentences = golden_sentences().size();
  REQUIRE(file.size() == 8 * (2 * kStrings + kByteStrings + 1 + 2 * sentences));
  size_t pos = 0;
  const auto word = [&] {
    uint64_t value = 0;
    for (int i = 0; i < 8; ++i) value |= uint64_t{static_cast<uint8_t>(file[pos++])} << 8 * i;
    return value;
  };
  const auto words = [&](size_t count) {
    std::vector<uint64_t> values(count);
    for (uint64_t& value : values) value = word();
    return values;
  };
  GoldenTokens golden;
  golden.gpt2 = words(kStrings);
  golden.multilingual = words(kStrings);
  golden.replaced = words(kByteStrings);
  golden.classes = word();
  golden.sentences_gpt2 = words(sentences);
  golden.sentences_multilingual = words(sentences);
  return golden;
}

class Draw {
 public:
  explicit Draw(uint64_t seed) : state_(seed) {}
  uint32_t below(uint32_t bound) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<uint32_t>((state_ >> 33) % bound);
  }
  template <class Items>
  auto one_of(const Items& items) {
    return std::data(items)[below(static_cast<uint32_t>(std::size(items)))];
  }

 private:
  uint64_t state_;
};

inline constexpr uint32_t kSpaces[] = {
    0x20,   0x20,   0x20,   0x0A,   0x0A,   0x09,   0x0D,   0x0B,   0x0C,   0x1C,   0x85,  0xA0,
    0x1680, 0x180E, 0x2003, 0x2009, 0x200B, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0xFEFF};
inline constexpr std::string_view kContractions[] = {"'s", "'t", "'re", "'ve", "'m", "'ll",
                                                     "'d", "'S", "'LL", "'x",  "'l", "\u2019s"};
inline constexpr std::string_view kPunctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
inline constexpr std::string_view kEmoji[] = {"\U0001F469\u200D\U0001F680",
                                              "\U0001F44B\U0001F3FD",
                                              "\u2764\uFE0F\u200D\U0001F525",
                                              "\U0001F1F3\U0001F1FF",
                                              "\U0001F468\u200D\U0001F469\u200D\U0001F467",
                                              "\U0001F600",
                                              "\u266A",
                                              "1\uFE0F\u20E3"};
struct Range {
  uint32_t first;
  uint32_t last;
};
inline constexpr Range kRanges[] = {
    {0xA0, 0xFF},       {0x100, 0x24F},     {0x370, 0x3FF},     {0x400, 0x4FF},
    {0x590, 0x5FF},     {0x600, 0x6FF},     {0x900, 0x97F},     {0xE00, 0xE7F},
    {0x1200, 0x137F},   {0x300, 0x36F},     {0x2000, 0x206F},   {0x2070, 0x209F},
    {0x2150, 0x21FF},   {0x2200, 0x22FF},   {0x3040, 0x30FF},   {0x4E00, 0x9FFF},
    {0xAC00, 0xD7A3},   {0xE000, 0xE0FF},   {0xF900, 0xFAFF},   {0xFF00, 0xFFEF},
    {0x10000, 0x100FA}, {0x12400, 0x1247F}, {0x1D400, 0x1D7FF}, {0x1F300, 0x1F6FF},
    {0x20000, 0x2A6DF}, {0xE0000, 0xE007F}};
inline constexpr uint8_t kBorderBytes[] = {0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF,
                                           0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE,
                                           0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFE, 0xFF};

inline std::string drawn_part(Draw& draw, const std::vector<std::string>& words) {
  const uint32_t kind = draw.below(12);
  std::string text;
  // A count that is drawn before its items.
  const auto repeat = [&](uint32_t most, auto&& append_one) {
    for (uint32_t left = 1 + draw.below(most); left > 0; --left) append_one();
  };
  if (kind <= 3) {
    text = (kind <= 2 ? " " : "") + draw.one_of(words);
  } else if (kind == 4) {
    repeat(4, [&] { append_utf8(text, draw.one_of(kSpaces)); });
  } else if (kind == 5) {
    repeat(6, [&] { append_utf8(text, 0x30 + draw.below(10)); });
  } else if (kind == 6) {
    repeat(4, [&] { text += draw.one_of(kPunctuation); });
  } else if (kind == 7) {
    text = draw.one_of(kContractions);
  } else if (kind == 8) {
    const Range range = draw.one_of(kRanges);
    repeat(4, [&] { append_utf8(text, range.first + draw.below(range.last - range.first + 1)); });
  } else if (kind == 9) {
    text = draw.one_of(kEmoji);
  } else if (kind == 10) {
    append_utf8(text, 0x61 + draw.below(26));
    repeat(3, [&] { append_utf8(text, 0x300 + draw.below(0x70)); });
  } else {
    const uint32_t c = draw.below(0x110000 - 0x800);
    append_utf8(text, c >= 0xD800 ? c + 0x800 : c);
  }
  return text;
}

struct GoldenStrings {
  std::vector<std::string> strings;
  std::vector<std::string> byte_strings;  // mostly not UTF-8
};

inline GoldenStrings golden_strings() {
  std::vector<std::string> words;
  for (const std::string& line : golden_sentences()) {
    for (std::string& word : split(line, ' ')) words.push_back(std::move(word));
  }
  Draw draw(1);
  GoldenStrings drawn;
  for (int i = 0; i < kStrings; ++i) {
    std::string text;
    for (uint32_t left = 1 + draw.below(12); left > 0; --left) text += drawn_part(draw, words);
    drawn.strings.push_back(std::move(text));
  }
  for (int i = 0; i < kByteStrings; ++i) {
    std::string bytes;
    for (uint32_t left = 1 + draw.below(10); left > 0; --left) {
      bytes += static_cast<char>(draw.one_of(kBorderBytes));
    }
    drawn.byte_strings.push_back(std::move(bytes));
  }
  return drawn;
}

}  // namespace sotto_test
