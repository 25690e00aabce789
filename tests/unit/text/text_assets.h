// What the text tests read: the vocabularies that the set-up fetched, and the committed figures.
#pragma once

#include <doctest/doctest.h>

#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "io/tiktoken.h"
#include "text/tokenizer.h"

namespace sotto_test {

// A file of the source tree, whole; the test fails where it is absent.
inline std::string read_source_file(const std::string& path) {
  std::ifstream file(std::string(SOTTO_SOURCE_DIR) + "/" + path, std::ios::binary);
  INFO("reads " << path << "; `node scripts/setup.mjs` fetches what .cache lacks");
  REQUIRE(file.good());
  return {std::istreambuf_iterator<char>(file), {}};
}

inline std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

// openai-whisper's table "gpt2" or "multilingual".
inline std::vector<std::string> whisper_vocabulary(const std::string& name) {
  const std::string text = read_source_file(".cache/assets/whisper/" + name + ".tiktoken");
  sotto::MemorySource source({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
  auto vocabulary = sotto::read_tiktoken(source);
  INFO(vocabulary.status().message());
  REQUIRE(vocabulary.ok());
  return vocabulary.value();
}

// Read once: the same two tables serve every test.
inline const sotto::Tokenizer& whisper_tokenizer(bool multilingual) {
  const auto load = [](const char* name, int n_vocab) {
    auto tokenizer = sotto::Tokenizer::create(whisper_vocabulary(name), n_vocab);
    INFO(tokenizer.status().message());
    REQUIRE(tokenizer.ok());
    return std::move(tokenizer.value());
  };
  if (multilingual) {
    static const sotto::Tokenizer tokenizer = load("multilingual", 51865);
    return tokenizer;
  }
  static const sotto::Tokenizer tokenizer = load("gpt2", 51864);
  return tokenizer;
}

// FNV-1a, 64 bits, as in scripts/golden_tokens.py.
class Fnv1a {
 public:
  void add_byte(uint8_t byte) { value_ = (value_ ^ byte) * 0x100000001B3u; }
  uint64_t value() const { return value_; }

 private:
  uint64_t value_ = 0xCBF29CE484222325u;
};

inline uint64_t hash_of(const std::vector<int>& tokens) {
  Fnv1a hash;
  for (const int token : tokens) {
    for (int shift = 0; shift < 32; shift += 8) {
      hash.add_byte(static_cast<uint8_t>(static_cast<uint32_t>(token) >> shift));
    }
  }
  return hash.value();
}

inline uint64_t hash_of(std::string_view bytes) {
  Fnv1a hash;
  for (const char c : bytes) hash.add_byte(static_cast<uint8_t>(c));
  return hash.value();
}

inline void append_utf8(std::string& out, uint32_t c) {
  const auto tail = [&](int shift) { out += static_cast<char>(0x80 | (c >> shift & 0x3F)); };
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | c >> 6);
    tail(0);
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | c >> 12);
    tail(6), tail(0);
  } else {
    out += static_cast<char>(0xF0 | c >> 18);
    tail(12), tail(6), tail(0);
  }
}

}  // namespace sotto_test
