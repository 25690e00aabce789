#include "decode/word_times.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace sotto {

namespace {

constexpr double kPositionsPerSecond = 50;
// The figures of add_word_timestamps: the median that no text is slower than, how much longer than
// the median a word may be, how long a pause makes words suspicious, and how far a word may reach
// beyond its segment.
constexpr double kSlowestMedian_s = 0.7;
constexpr double kLongestOfMedian = 2;
constexpr double kPauseOfMedian = 4;
constexpr double kBeyondSegment_s = 0.5;
constexpr std::string_view kSentenceEnds = ".。!！?？";

// As Python's `text in all`, true of an empty text.
bool is_in(std::string_view text, std::string_view all) {
  return all.find(text) != std::string_view::npos;
}

double duration_s(const Word& word) { return word.end_s - word.start_s; }

// Times are told in hundredths of a second.
double rounded(double time_s) { return std::round(time_s * 100) / 100; }

// After a pause the first words are not longer than twice the median.
void shorten_first_words(std::vector<Word>& words, const WordDurations& durations,
                         double last_speech_s) {
  Word& first = words[0];
  Word* second = words.size() > 1 ? &words[1] : nullptr;
  const double longest_s = durations.longest_s;
  const bool too_long = duration_s(first) > longest_s ||
                        (second != nullptr && second->end_s - first.start_s > longest_s * 2);
  if (first.end_s - last_speech_s <= durations.median_s * kPauseOfMedian || !too_long) return;
  if (second != nullptr && duration_s(*second) > longest_s) {
    const double boundary_s = std::max(second->end_s / 2, second->end_s - longest_s);
    first.end_s = second->start_s = boundary_s;
  }
  first.start_s = std::max(0.0, first.end_s - longest_s);
}

void fit_ends(SpokenSegment& segment, double median_s) {
  Word& first = segment.words.front();
  Word& last = segment.words.back();
  if (segment.start_s < first.end_s && segment.start_s - kBeyondSegment_s > first.start_s) {
    first.start_s = std::max(0.0, std::min(first.end_s - median_s, segment.start_s));
  } else {
    segment.start_s = first.start_s;
  }
  if (segment.end_s > last.start_s && segment.end_s + kBeyondSegment_s < last.end_s) {
    last.end_s = std::max(last.start_s + median_s, segment.end_s);
  } else {
    segment.end_s = last.end_s;
  }
}

void merge(AlignedWord& from, AlignedWord& into, bool in_front) {
  into.word.word = in_front ? from.word.word + into.word.word : into.word.word + from.word.word;
  into.tokens += from.tokens;
  from.word.word.clear();
  from.tokens = 0;
}

}  // namespace

std::vector<AlignedWord> time_words(std::span<const WordTokens> words, const TokenTimes& times) {
  std::vector<AlignedWord> timed;
  size_t begin = 0;
  for (const WordTokens& word : words) {
    const size_t end = begin + word.tokens;
    if (end > times.probability.size()) break;
    double sum = 0;
    for (size_t i = begin; i < end; ++i) sum += times.probability[i];
    Word& out = timed.emplace_back().word;
    timed.back().tokens = word.tokens;
    out.word = word.text;
    out.start_s = times.first_position[begin] / kPositionsPerSecond;
    out.end_s = times.first_position[end] / kPositionsPerSecond;
    out.probability = static_cast<float>(sum / std::max(word.tokens, 1));
    begin = end;
  }
  return timed;
}

WordDurations measure_words(std::span<const AlignedWord> words) {
  std::vector<double> lengths_s;
  // In order, one by one: some hundred words, and far less code than a sort.
  for (const AlignedWord& word : words) {
    const double length_s = duration_s(word.word);
    if (length_s == 0) continue;
    lengths_s.insert(std::upper_bound(lengths_s.begin(), lengths_s.end(), length_s), length_s);
  }
  if (lengths_s.empty()) return {};
  const size_t n = lengths_s.size();
  const double median_s = (lengths_s[(n - 1) / 2] + lengths_s[n / 2]) / 2;
  const double bounded_s = std::min(kSlowestMedian_s, median_s);
  return {bounded_s, bounded_s * kLongestOfMedian};
}

void shorten_at_sentence_ends(std::vector<AlignedWord>& words, const WordDurations& durations) {
  if (durations.longest_s == 0) return;
  for (size_t i = 1; i < words.size(); ++i) {
    Word& word = words[i].word;
    if (duration_s(word) <= durations.longest_s) continue;
    if (is_in(word.word, kSentenceEnds)) {
      word.end_s = word.start_s + durations.longest_s;
    } else if (is_in(words[i - 1].word.word, kSentenceEnds)) {
      word.start_s = word.end_s - durations.longest_s;
    }
  }
}

void merge_punctuations(std::span<AlignedWord> words, std::string_view prepended,
                        std::string_view appended) {
  for (size_t i = words.size(), following = words.size(); i-- > 0;) {
    const std::string_view text = words[i].word.word;
    if (following < words.size() && text.starts_with(' ')) {
      const size_t first = text.find_first_not_of(' ');
      if (first == std::string_view::npos || is_in(text.substr(first), prepended)) {
        merge(words[i], words[following], /*in_front=*/true);
        continue;
      }
    }
    following = i;
  }
  size_t previous = 0;
  for (size_t i = 1; i < words.size(); ++i) {
    if (!words[previous].word.word.ends_with(' ') && is_in(words[i].word.word, appended)) {
      merge(words[i], words[previous], /*in_front=*/false);
    } else {
      previous = i;
    }
  }
}

void place_words(std::span<const AlignedWord> words, const WordDurations& durations,
                 double offset_s, double last_speech_s, std::span<SpokenSegment> segments) {
  size_t next = 0;
  for (SpokenSegment& segment : segments) {
    for (int taken = 0; next < words.size() && taken < segment.text_tokens; ++next) {
      Word word = words[next].word;
      taken += words[next].tokens;
      if (word.word.empty()) continue;
      word.start_s = rounded(offset_s + word.start_s);
      word.end_s = rounded(offset_s + word.end_s);
      segment.words.push_back(std::move(word));
    }
    if (segment.words.empty()) continue;
    shorten_first_words(segment.words, durations, last_speech_s);
    fit_ends(segment, durations.median_s);
    last_speech_s = segment.end_s;
  }
}

}  // namespace sotto
