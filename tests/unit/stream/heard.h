// Hypotheses for tests: a word for each word of a text, and its marks as words of their own.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "stream/heard_word.h"

namespace sotto::test {

// Words are 0.3 s long from `from_s` on, each with one token: its place in the text from 1 on.
// Attention lies as far behind `newest_s` as the word does.
inline std::vector<HeardWord> heard(std::string_view text, double from_s = 0,
                                    double newest_s = 1000) {
  constexpr double kWord_s = 0.3;
  std::vector<HeardWord> words;
  const auto add = [&](std::string said) {
    HeardWord& word = words.emplace_back();
    word.tokens = {static_cast<int>(words.size())};
    word.start_s = from_s;
    word.end_s = from_s + kWord_s;
    word.probability = 0.9f;
    word.lag_positions = static_cast<int>((newest_s - word.end_s) / 0.02);
    word.text = std::move(said);
  };
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const size_t letters = word.find_last_not_of(".,!?") + 1;
    // A mark that follows no word stands by itself.
    add(" " + std::string(letters == 0 ? word : word.substr(0, letters)));
    if (letters == 0) continue;
    from_s += kWord_s;
    if (letters == word.size()) continue;
    add(std::string(word.substr(letters)));
    words.back().end_s = from_s;
  }
  return words;
}

// The text of words, one after another.
inline std::string spelled(const std::vector<HeardWord>& words) {
  std::string text;
  for (const HeardWord& word : words) text += word.text;
  return text;
}

}  // namespace sotto::test
