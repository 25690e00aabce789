#include "text/word_split.h"

#include <algorithm>
#include <utility>

namespace sotto {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
// Python's string.punctuation.
constexpr std::string_view kPunctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
constexpr std::string_view kSpace = " \t\n\v\f\r";

// Runs of tokens that are whole characters together.
std::vector<WordTokens> split_characters(const Tokenizer& tokenizer, std::span<const int> tokens) {
  const std::string whole = tokenizer.decode({tokens.begin(), tokens.end()});
  std::vector<WordTokens> parts;
  std::vector<int> run;
  size_t begin = 0;
  for (size_t i = 0; i < tokens.size(); ++i) {
    run.push_back(tokens[i]);
    std::string text = tokenizer.decode(run);
    const size_t broken = text.find(kReplacement);
    // What is no character in the whole text, either, does not become one by waiting.
    const bool is_whole = broken == std::string::npos ||
                          (begin + broken <= whole.size() &&
                           whole.compare(begin + broken, kReplacement.size(), kReplacement) == 0);
    if (!is_whole && i + 1 < tokens.size()) continue;
    begin += text.size();
    parts.push_back({std::move(text), static_cast<int>(run.size())});
    run.clear();
  }
  return parts;
}

// As Python's `text.strip() in string.punctuation`, which is true of blanks, too.
bool is_punctuation(std::string_view text) {
  const size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return true;
  text = text.substr(first, text.find_last_not_of(kSpace) - first + 1);
  return kPunctuation.find(text) != std::string_view::npos;
}

}  // namespace

bool is_spaceless(std::string_view language) {
  constexpr std::string_view kSpaceless[] = {"zh", "ja", "th", "lo", "my", "yue"};
  return std::ranges::find(kSpaceless, language) != std::end(kSpaceless);
}

std::vector<WordTokens> split_words(const Tokenizer& tokenizer, std::span<const int> tokens,
                                    bool spaceless) {
  std::vector<WordTokens> parts = split_characters(tokenizer, tokens);
  if (spaceless) return parts;
  std::vector<WordTokens> words;
  for (WordTokens& part : parts) {
    if (words.empty() || part.text.starts_with(' ') || is_punctuation(part.text)) {
      words.push_back(std::move(part));
    } else {
      words.back().text += part.text;
      words.back().tokens += part.tokens;
    }
  }
  return words;
}

}  // namespace sotto
