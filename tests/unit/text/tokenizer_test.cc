#include "text/tokenizer.h"

#include <doctest/doctest.h>

#include "unit/text/golden_strings.h"

using sotto::Code;
using sotto::Tokenizer;
using sotto_test::whisper_tokenizer;
using Tokens = std::vector<int>;

namespace {

// All single bytes, then entries that no text contains.
std::vector<std::string> byte_vocabulary(size_t size) {
  std::vector<std::string> vocabulary;
  for (int byte = 0; byte < 256; ++byte) vocabulary.emplace_back(1, static_cast<char>(byte));
  vocabulary.resize(size);
  return vocabulary;
}

}  // namespace

TEST_CASE("English-only text becomes tiktoken's tokens") {
  const Tokenizer& t = whisper_tokenizer(false);
  CHECK(t.encode("") == Tokens{});
  CHECK(t.encode("Hello world") == Tokens{15496, 995});
  CHECK(t.encode(" And so, my fellow Americans, ask not") ==
        Tokens{843, 523, 11, 616, 5891, 3399, 11, 1265, 407});
  CHECK(t.encode("I can't   believe it's  ") ==
        Tokens{40, 460, 470, 220, 220, 1975, 340, 338, 220, 220});
  CHECK(t.encode("Привет, мир") ==
        Tokens{140, 253, 21169, 18849, 38857, 16843, 20375, 11, 12466, 120, 18849, 21169});
}

TEST_CASE("multilingual text becomes tiktoken's tokens") {
  const Tokenizer& t = whisper_tokenizer(true);
  CHECK(t.encode("Hello world") == Tokens{15947, 1002});
  CHECK(t.encode(" And so, my fellow Americans, ask not") ==
        Tokens{400, 370, 11, 452, 7177, 6280, 11, 1029, 406});
  CHECK(t.encode("Привет, мир") == Tokens{43971, 31259, 11, 20536});
  CHECK(t.encode(" ♪♪♪") == Tokens{31650});
}

TEST_CASE("10,000 drawn strings become tiktoken's tokens, and come back") {
  const auto golden = sotto_test::golden_tokens();
  const auto strings = sotto_test::golden_strings().strings;
  for (const bool multilingual : {false, true}) {
    const Tokenizer& tokenizer = whisper_tokenizer(multilingual);
    const auto& expected = multilingual ? golden.multilingual : golden.gpt2;
    for (size_t i = 0; i < strings.size(); ++i) {
      const Tokens tokens = tokenizer.encode(strings[i]);
      if (sotto_test::hash_of(tokens) != expected[i] || tokenizer.decode(tokens) != strings[i]) {
        FAIL("string " << i << " (multilingual " << multilingual << "): " << strings[i]);
      }
    }
  }
}

TEST_CASE("real sentences in a hundred languages become tiktoken's tokens, and come back") {
  const auto golden = sotto_test::golden_tokens();
  const auto sentences = sotto_test::golden_sentences();
  CHECK(sentences.size() >= 100);
  for (const bool multilingual : {false, true}) {
    const Tokenizer& tokenizer = whisper_tokenizer(multilingual);
    const auto& expected = multilingual ? golden.sentences_multilingual : golden.sentences_gpt2;
    for (size_t i = 0; i < sentences.size(); ++i) {
      CAPTURE(sentences[i]);
      const Tokens tokens = tokenizer.encode(sentences[i]);
      CHECK(sotto_test::hash_of(tokens) == expected[i]);
      CHECK(tokenizer.decode(tokens) == sentences[i]);
    }
  }
}

TEST_CASE("invalid UTF-8 is encoded byte by byte and decoded as replacement characters") {
  for (const bool multilingual : {false, true}) {
    const Tokenizer& t = whisper_tokenizer(multilingual);
    const Tokens tokens = t.encode("a\xFF\xE2\x82 b");
    REQUIRE(tokens.size() == 5);
    CHECK(t.bytes(tokens[1]) == "\xFF");
    CHECK(t.bytes(tokens[2]) == "\xE2");
    CHECK(t.bytes(tokens[3]) == "\x82");
    CHECK(t.decode(tokens) == "a\uFFFD\uFFFD b");
    for (const std::string& bytes : sotto_test::golden_strings().byte_strings) {
      std::string joined;
      for (const int token : t.encode(bytes)) joined += t.bytes(token);
      if (joined != bytes) FAIL("bytes lost");
    }
  }
}

TEST_CASE("specials have no bytes and leave no trace in text") {
  const Tokenizer& t = whisper_tokenizer(false);
  CHECK(t.bytes(t.special().end_of_text - 1) == " gazed");
  for (const int token : {t.special().end_of_text, t.special().timestamp_begin, 51863, 51864, -1}) {
    CHECK(t.bytes(token) == "");
  }
  CHECK(t.decode({50257, 15496, 50363, 995, 50256}) == "Hello world");
  // The text of a special is ordinary text.
  for (const int token : t.encode("<|endoftext|>")) CHECK(t.special().is_text(token));
  CHECK(t.decode(t.encode("<|endoftext|>")) == "<|endoftext|>");
}

TEST_CASE("non-speech tokens are openai-whisper's") {
  // Count, hash and samples of Tokenizer.non_speech_tokens.
  const Tokens english = whisper_tokenizer(false).non_speech_tokens();
  CHECK(english.size() == 84);
  CHECK(sotto_test::hash_of(english) == 0x4c7b924a81b88c32u);
  CHECK(Tokens(english.begin(), english.begin() + 8) == Tokens{1, 2, 7, 8, 9, 10, 14, 25});
  CHECK(english.back() == 49146);
  const Tokens multilingual = whisper_tokenizer(true).non_speech_tokens();
  CHECK(multilingual.size() == 82);
  CHECK(sotto_test::hash_of(multilingual) == 0x7632d9f886ed6f03u);
  CHECK(multilingual.back() == 50254);
}

TEST_CASE("a vocabulary of another size has its specials at its end") {
  // 256 bytes, then the 1,608 specials of an English-only vocabulary.
  auto t = Tokenizer::create(byte_vocabulary(256), 256 + 1608);
  REQUIRE(t.ok());
  CHECK(t->special().end_of_text == 256);
  CHECK(t->encode("hi\n") == Tokens{'h', 'i', '\n'});
}

TEST_CASE("vocabularies that cannot be are refused with what was expected and what came") {
  auto vocabulary = byte_vocabulary(50256);
  CHECK(Tokenizer::create(vocabulary, 51864).ok());
  // Entries of specials are ignored.
  vocabulary.push_back("<|endoftext|>");
  CHECK(Tokenizer::create(vocabulary, 51864).ok());

  const auto short_of_one = Tokenizer::create(byte_vocabulary(50255), 51864);
  CHECK(short_of_one.status().code() == Code::kBadFormat);
  CHECK(short_of_one.status().message().find("50256") != std::string::npos);
  CHECK(short_of_one.status().message().find("50255") != std::string::npos);

  vocabulary[0x41] = "";
  const auto no_letter_a = Tokenizer::create(vocabulary, 51864);
  CHECK(no_letter_a.status().code() == Code::kBadFormat);
  CHECK(no_letter_a.status().message().find("65") != std::string::npos);

  CHECK(Tokenizer::create({}, 51864).status().code() == Code::kBadFormat);
  CHECK(Tokenizer::create({}, 0).status().code() == Code::kBadFormat);
  CHECK(Tokenizer::create({}, INT32_MIN).status().code() == Code::kBadFormat);
  CHECK(Tokenizer::create(byte_vocabulary(256), 1863).status().code() == Code::kBadFormat);
  const auto too_many_languages = Tokenizer::create(byte_vocabulary(60000), 51867);
  CHECK(too_many_languages.status().code() == Code::kUnsupported);
}
