#include <doctest/doctest.h>

#include "text/utf8.h"
#include "unit/text/golden_strings.h"

using sotto::StreamDecoder;
using sotto::Tokenizer;
using Tokens = std::vector<int>;

namespace {

// A tokenizer with the tokens of all single bytes and, after them, the given ones.
Tokenizer tokenizer_with(const std::vector<std::string>& tokens) {
  std::vector<std::string> vocabulary;
  for (int byte = 0; byte < 256; ++byte) vocabulary.emplace_back(1, static_cast<char>(byte));
  vocabulary.insert(vocabulary.end(), tokens.begin(), tokens.end());
  const int n_vocab = static_cast<int>(vocabulary.size()) + 1608;
  auto tokenizer = Tokenizer::create(std::move(vocabulary), n_vocab);
  REQUIRE(tokenizer.ok());
  return std::move(tokenizer.value());
}

bool is_valid_utf8(const std::string& text) {
  std::string replaced;
  sotto::append_valid_utf8(text, replaced);
  return replaced == text;
}

// Everything that comes out, having checked that each bit of it is whole.
std::string streamed(const Tokenizer& tokenizer, const Tokens& tokens) {
  StreamDecoder decoder(tokenizer);
  std::string text;
  for (const int token : tokens) {
    const std::string piece = decoder.push(token);
    CHECK(is_valid_utf8(piece));
    text += piece;
  }
  return text + decoder.finish();
}

}  // namespace

TEST_CASE("characters of two to four bytes are held back over every way to cut them") {
  const std::string text = "a\u00E9\u20AC\U0001F600z";  // 1, 2, 3, 4 and 1 bytes
  const size_t n = text.size();
  const size_t ends[] = {1, 3, 6, 10, 11};
  // Each bit of `cuts` ends a token after that byte.
  for (uint32_t cuts = 0; cuts < 1u << (n - 1); ++cuts) {
    std::vector<std::string> parts(1);
    for (size_t i = 0; i < n; ++i) {
      parts.back() += text[i];
      if (i + 1 < n && (cuts >> i & 1)) parts.emplace_back();
    }
    const Tokenizer tokenizer = tokenizer_with(parts);
    StreamDecoder decoder(tokenizer);
    size_t seen_bytes = 0;
    size_t given_bytes = 0;
    for (size_t i = 0; i < parts.size(); ++i) {
      seen_bytes += parts[i].size();
      const std::string piece = decoder.push(256 + static_cast<int>(i));
      // All characters that are whole by now, and nothing else.
      size_t whole_bytes = 0;
      for (const size_t end : ends) whole_bytes = end <= seen_bytes ? end : whole_bytes;
      if (piece != text.substr(given_bytes, whole_bytes - given_bytes)) {
        FAIL("cuts " << cuts << ", token " << i);
      }
      given_bytes = whole_bytes;
    }
    if (decoder.finish() != "") FAIL("something was left, cuts " << cuts);
  }
}

TEST_CASE("what can no longer become a character comes out at once") {
  const Tokenizer tokenizer = tokenizer_with({});
  StreamDecoder decoder(tokenizer);
  CHECK(decoder.push(0xF0) == "");
  CHECK(decoder.push(0x9F) == "");
  CHECK(decoder.push('x') == "\uFFFDx");
  CHECK(decoder.push(0xFF) == "\uFFFD");
  CHECK(decoder.push(0xE2) == "");
  CHECK(decoder.push(0xE2) == "\uFFFD");
  CHECK(decoder.finish() == "\uFFFD");
  CHECK(decoder.finish() == "");
  CHECK(decoder.push('y') == "y");
}

TEST_CASE("special tokens neither complete nor break a character") {
  const Tokenizer tokenizer = tokenizer_with({});
  StreamDecoder decoder(tokenizer);
  CHECK(decoder.push(0xC3) == "");
  CHECK(decoder.push(tokenizer.special().timestamp_begin) == "");
  CHECK(decoder.push(0xA9) == "\u00E9");
}

TEST_CASE("streamed text is the text decoded at once") {
  const auto drawn = sotto_test::golden_strings();
  const Tokenizer bytes_only = tokenizer_with({});
  for (const std::string& bytes : drawn.byte_strings) {
    const Tokens tokens = bytes_only.encode(bytes);
    if (streamed(bytes_only, tokens) != bytes_only.decode(tokens)) FAIL("bytes differ");
  }
  for (const bool multilingual : {false, true}) {
    const Tokenizer& tokenizer = sotto_test::whisper_tokenizer(multilingual);
    for (const std::string& sentence : sotto_test::golden_sentences()) {
      CHECK(streamed(tokenizer, tokenizer.encode(sentence)) == sentence);
    }
  }
}
