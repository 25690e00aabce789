#include "stream/heard_word.h"

#include <algorithm>
#include <string_view>

namespace sotto {

namespace {

// A run of one word may be meant three times ("no, no, no"), longer phrases twice.
constexpr size_t kMostOneWord = 3;
constexpr size_t kMostPhrase = 2;
constexpr size_t kLongestPhrase_words = 8;
// Such as: ?" -
constexpr size_t kMostMarks = 3;
// Of 765 times three words in recorded speech none took less than a quarter of a second together;
// what is not in the audio is given one or two positions of 20 ms, or none.
constexpr size_t kFast_words = 3;
constexpr double kFast_s = 0.05;

bool counts(char c) {
  const bool is_digit = c >= '0' && c <= '9';
  const bool is_letter = c >= 'a' && c <= 'z';
  // Bytes of other scripts count as they are.
  return is_digit || is_letter || static_cast<unsigned char>(c) >= 0x80;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// The next character that counts, and where to go on; 0 at the end.
char next_of(const std::string& text, size_t& at) {
  while (at < text.size()) {
    const char c = lower(text[at++]);
    if (counts(c)) return c;
  }
  return 0;
}

bool has_letters(const std::string& text) {
  size_t begin = 0;
  return next_of(text, begin) != 0;
}

// How often in a row the `period` words before `end` are said there.
size_t repeats(const std::vector<const HeardWord*>& words, size_t end, size_t period) {
  size_t said = 1;
  for (size_t i = end - period; i >= period; i -= period, ++said) {
    for (size_t k = 0; k < period; ++k) {
      if (!is_same_word(words[i + k]->text, words[i + k - period]->text)) return said;
    }
  }
  return said;
}

}  // namespace

bool is_same_word(const std::string& a, const std::string& b) {
  size_t i = 0, j = 0;
  for (;;) {
    const char c = next_of(a, i);
    if (c != next_of(b, j)) return false;
    if (c == 0) break;
  }
  // Words of nothing but punctuation are told by it.
  return has_letters(a) || a == b;
}

bool is_spoken(const HeardWord& word) { return has_letters(word.text); }

namespace {

size_t length_without_phrases(const std::vector<HeardWord>& words, size_t first) {
  std::vector<const HeardWord*> spoken;
  size_t before = 0;
  for (size_t i = 0; i < words.size(); ++i) {
    if (!is_spoken(words[i])) continue;
    spoken.push_back(&words[i]);
    if (i < first) before = spoken.size();
  }
  for (size_t end = before + 1; end <= spoken.size(); ++end) {
    for (size_t period = 1; period <= std::min(kLongestPhrase_words, end / 2); ++period) {
      const size_t said = repeats(spoken, end, period);
      if (said <= (period == 1 ? kMostOneWord : kMostPhrase)) continue;
      const size_t kept = end - (said - 1) * period;
      if (kept <= before) return first;
      return static_cast<size_t>(spoken[kept - 1] - words.data()) + 1;
    }
  }
  return words.size();
}

// With or without a space before it.
bool is_same_mark(std::string_view a, std::string_view b) {
  a.remove_prefix(std::min(a.find_first_not_of(' '), a.size()));
  b.remove_prefix(std::min(b.find_first_not_of(' '), b.size()));
  return a == b;
}

// Where marks begin to repeat themselves, from `first` on, or there are too many of them in a row.
size_t length_without_marks(const std::vector<HeardWord>& words, size_t first) {
  size_t marks = 0;
  for (size_t i = 0; i < words.size(); ++i) {
    if (is_spoken(words[i])) {
      marks = 0;
      continue;
    }
    const bool again = marks > 0 && is_same_mark(words[i].text, words[i - 1].text);
    if (++marks > kMostMarks || again) {
      if (i >= first) return i;
    }
  }
  return words.size();
}

}  // namespace

size_t length_without_loop(const std::vector<HeardWord>& words, size_t first) {
  return std::min(length_without_phrases(words, first), length_without_marks(words, first));
}

size_t length_with_time(const std::vector<HeardWord>& words) {
  size_t first = 0, fast = 0;
  for (size_t i = 0; i < words.size(); ++i) {
    if (!is_spoken(words[i])) continue;
    if (words[i].end_s - words[i].start_s >= kFast_s) {
      fast = 0;
      continue;
    }
    if (fast++ == 0) first = i;
    if (fast == kFast_words) return first;
  }
  return words.size();
}

}  // namespace sotto
