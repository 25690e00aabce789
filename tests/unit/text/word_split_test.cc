#include "text/word_split.h"

#include <doctest/doctest.h>

#include <numeric>
#include <string>
#include <vector>

#include "unit/text/text_assets.h"

using namespace sotto;
using sotto_test::whisper_tokenizer;
using Words = std::vector<std::string>;

namespace {

Words texts(const std::vector<WordTokens>& words) {
  Words out;
  for (const WordTokens& word : words) out.push_back(word.text);
  return out;
}

Words split(const std::string& text, bool spaceless, bool multilingual = true) {
  const Tokenizer& tokenizer = whisper_tokenizer(multilingual);
  const std::vector<int> tokens = tokenizer.encode(text);
  const std::vector<WordTokens> words = split_words(tokenizer, tokens, spaceless);
  size_t sum = 0;
  std::string whole;
  for (const WordTokens& word : words) {
    CHECK(word.tokens > 0);
    sum += word.tokens;
    whole += word.text;
  }
  CHECK(sum == tokens.size());
  CHECK(whole == text);
  return texts(words);
}

}  // namespace

TEST_CASE("words: cut before spaces, punctuation by itself") {
  for (bool multilingual : {false, true}) {
    CHECK(split(" And so, my fellow Americans!", false, multilingual) ==
          Words{" And", " so", ",", " my", " fellow", " Americans", "!"});
    // Tokens that begin without a space go on with the word.
    CHECK(split(" antidisestablishmentarianism isn't", false, multilingual) ==
          Words{" antidisestablishmentarianism", " isn't"});
    CHECK(split("Well then", false, multilingual) == Words{"Well", " then"});
    CHECK(split("", false, multilingual).empty());
  }
  CHECK(split(" Grüße aus Österreich", false) == Words{" Grüße", " aus", " Österreich"});
}

TEST_CASE("words: scripts without spaces are cut by characters") {
  // Characters of several tokens stay whole: the GPT-2 table knows few of them.
  const Words english = split("我爱你", true, false);
  CHECK(english == Words{"我", "爱", "你"});
  for (const std::string& word : split("こんにちは、世界。", true)) CHECK(!word.empty());
  // The same text as words of a language with spaces is one word up to its punctuation.
  CHECK(split("我爱你", false, false) == Words{"我爱你"});
}

TEST_CASE("words: bytes that are no characters are words of their own, none is lost") {
  const Tokenizer& tokenizer = whisper_tokenizer(true);
  std::vector<int> tokens = tokenizer.encode(" a");
  const std::vector<int> broken = tokenizer.encode("\xe4\xbd");
  tokens.insert(tokens.end(), broken.begin(), broken.end());
  const std::vector<int> rest = tokenizer.encode(" b");
  tokens.insert(tokens.end(), rest.begin(), rest.end());
  const auto words = split_words(tokenizer, tokens, true);
  size_t sum = 0;
  for (const WordTokens& word : words) sum += word.tokens;
  CHECK(sum == tokens.size());
  CHECK(words.front().text == " a");
  CHECK(words.back().text.ends_with(" b"));
}

TEST_CASE("words: languages without spaces") {
  for (const char* code : {"zh", "ja", "th", "lo", "my", "yue"}) CHECK(is_spaceless(code));
  for (const char* code : {"en", "ko", "vi", "", "zhx"}) CHECK(!is_spaceless(code));
}
