#include "decode/word_times.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace sotto;

namespace {

AlignedWord aligned(const std::string& text, double start_s, double end_s, int tokens = 1) {
  return {{start_s, end_s, text, 0.5f}, tokens};
}

std::vector<std::string> texts(const std::vector<AlignedWord>& words) {
  std::vector<std::string> out;
  for (const AlignedWord& word : words) out.push_back(word.word.word);
  return out;
}

// A median of 0.3 s: 0.6 s are the longest.
constexpr WordDurations kDurations{0.3, 0.6};

// One segment with words that follow one another at these times.
SpokenSegment placed(double start_s, double end_s, const std::vector<double>& times_s,
                     double last_speech_s = 0, double offset_s = 0) {
  std::vector<AlignedWord> words;
  for (size_t i = 0; i + 1 < times_s.size(); ++i) {
    words.push_back(aligned(" w", times_s[i], times_s[i + 1]));
  }
  std::vector<SpokenSegment> segments(1);
  segments[0].start_s = start_s;
  segments[0].end_s = end_s;
  segments[0].text_tokens = static_cast<int>(words.size());
  place_words(words, kDurations, offset_s, last_speech_s, segments);
  return segments[0];
}

}  // namespace

TEST_CASE("word times: words take the times of their tokens, and the mean of their probabilities") {
  const std::vector<WordTokens> words = {{" a", 1}, {" bc", 2}, {" d", 1}};
  const TokenTimes times{{0, 10, 15, 30, 60}, {0.5f, 0.25f, 0.75f, 1.0f}};
  const std::vector<AlignedWord> timed = time_words(words, times);
  REQUIRE(timed.size() == 3);
  CHECK(timed[1].word.word == " bc");
  CHECK(timed[1].word.start_s == doctest::Approx(0.2));
  CHECK(timed[1].word.end_s == doctest::Approx(0.6));
  CHECK(timed[1].word.probability == doctest::Approx(0.5));
  CHECK(timed[1].tokens == 2);
  CHECK(timed[2].word.end_s == doctest::Approx(1.2));
  // Tokens without times end the words.
  CHECK(time_words(words, {{0, 10, 15}, {0.5f, 0.25f}}).size() == 1);
  CHECK(time_words({}, {{0}, {}}).empty());
}

TEST_CASE("word times: the median counts words that last, and is bounded") {
  CHECK(measure_words({}).median_s == 0);
  const std::vector<AlignedWord> odd = {aligned("a", 0, 0.2), aligned("b", 0.2, 0.2),
                                        aligned("c", 0.2, 0.6), aligned("d", 0.6, 0.9)};
  CHECK(measure_words(odd).median_s == doctest::Approx(0.3));
  CHECK(measure_words(odd).longest_s == doctest::Approx(0.6));
  const std::vector<AlignedWord> even = {aligned("a", 0, 0.2), aligned("b", 0.2, 0.6)};
  CHECK(measure_words(even).median_s == doctest::Approx(0.3));
  const std::vector<AlignedWord> slow = {aligned("a", 0, 3)};
  CHECK(measure_words(slow).median_s == doctest::Approx(0.7));
}

TEST_CASE("word times: at the end of a sentence a long mark or word is shortened") {
  std::vector<AlignedWord> words = {aligned(" a", 0, 2), aligned(".", 2, 4), aligned(" b", 4, 6),
                                    aligned(" c", 6, 8)};
  shorten_at_sentence_ends(words, kDurations);
  CHECK(words[0].word.end_s == 2);
  CHECK(words[1].word.start_s == 2);
  CHECK(words[1].word.end_s == doctest::Approx(2.6));
  CHECK(words[2].word.start_s == doctest::Approx(5.4));
  CHECK(words[2].word.end_s == 6);
  // Inside a sentence long words stay as they are.
  CHECK(words[3].word.start_s == 6);
  CHECK(words[3].word.end_s == 8);
}

TEST_CASE("word times: punctuation joins its words") {
  std::vector<AlignedWord> words = {
      aligned(" \"", 0, 0.1),  aligned("Hey", 0.1, 0.4), aligned(",", 0.4, 0.5),
      aligned("\"", 0.5, 0.6), aligned(" (", 0.6, 0.7),  aligned(" so", 0.7, 0.9),
      aligned("?", 0.9, 1.0),  aligned("!", 1.0, 1.1),   aligned(" -", 1.1, 1.2)};
  merge_punctuations(words, kPrependPunctuations, kAppendPunctuations);
  CHECK(texts(words) ==
        std::vector<std::string>{"", " \"Hey,\"", "", "", "", " ( so?!", "", "", " -"});
  CHECK(words[1].tokens == 4);
  CHECK(words[5].tokens == 4);
  CHECK(words[0].tokens == 0);
  // A word keeps the times that it had.
  CHECK(words[1].word.start_s == doctest::Approx(0.1));
  CHECK(words[1].word.end_s == doctest::Approx(0.4));

  std::vector<AlignedWord> kept = {aligned(" a", 0, 1), aligned(",", 1, 2)};
  merge_punctuations(kept, "", ".");
  CHECK(texts(kept) == std::vector<std::string>{" a", ","});
}

TEST_CASE("word times: segments take the words of their tokens, in times of the audio") {
  const std::vector<AlignedWord> words = {aligned(" a", 0, 0.3, 2), aligned("", 0.3, 0.4, 0),
                                          aligned(" b", 0.4, 0.6, 1), aligned(" c", 0.6, 0.9, 1)};
  std::vector<SpokenSegment> segments(3);
  segments[0].text_tokens = 3;
  segments[2].text_tokens = 1;
  for (SpokenSegment& s : segments) s.start_s = s.end_s = 10;
  place_words(words, kDurations, 10, 10, segments);
  REQUIRE(segments[0].words.size() == 2);
  CHECK(segments[0].words[1].word == " b");
  CHECK(segments[0].words[1].start_s == doctest::Approx(10.4));
  CHECK(segments[0].start_s == doctest::Approx(10.0));
  CHECK(segments[0].end_s == doctest::Approx(10.6));
  CHECK(segments[1].words.empty());
  REQUIRE(segments[2].words.size() == 1);
  CHECK(segments[2].end_s == doctest::Approx(10.9));
}

TEST_CASE("word times: a word that reaches far beyond its segment is cut, else the segment grows") {
  // The first word begins 0.6 s before its segment, the last ends 0.6 s behind it.
  const SpokenSegment cut = placed(1.6, 2.4, {1, 1.7, 2.3, 3.0}, 0.9);
  CHECK(cut.words.front().start_s == doctest::Approx(1.4));  // a median before its end
  CHECK(cut.start_s == doctest::Approx(1.6));
  CHECK(cut.words.back().end_s == doctest::Approx(2.6));  // a median behind its start
  CHECK(cut.end_s == doctest::Approx(2.4));
  // Less than half a second: the words are believed.
  const SpokenSegment grown = placed(1.4, 2.8, {1, 1.7, 2.3, 3.0}, 0.9);
  CHECK(grown.words.front().start_s == doctest::Approx(1.0));
  CHECK(grown.start_s == doctest::Approx(1.0));
  CHECK(grown.end_s == doctest::Approx(3.0));
}

TEST_CASE("word times: the first words after a pause are shortened") {
  // Both are longer than 0.6 s: they meet 0.6 s before the end of the second.
  const SpokenSegment both = placed(5, 9, {5, 7, 8.5, 9}, 0);
  CHECK(both.words[0].start_s == doctest::Approx(7.3));
  CHECK(both.words[0].end_s == doctest::Approx(7.9));
  CHECK(both.words[1].start_s == doctest::Approx(7.9));
  CHECK(both.start_s == doctest::Approx(7.3));
  // Only the first is.
  const SpokenSegment first = placed(5, 9, {5, 8.5, 9}, 0);
  CHECK(first.words[0].start_s == doctest::Approx(7.9));
  CHECK(first.words[0].end_s == doctest::Approx(8.5));
  // No pause before them.
  const SpokenSegment near = placed(5, 9, {5, 6.1, 6.5}, 5);
  CHECK(near.words[0].start_s == doctest::Approx(5.0));
}

TEST_CASE("word times: what one segment says is the speech before the next") {
  const std::vector<AlignedWord> words = {aligned(" a", 0, 0.3), aligned(" b", 0.3, 1.4)};
  std::vector<SpokenSegment> segments(2);
  for (SpokenSegment& s : segments) s.text_tokens = 1;
  segments[0].end_s = 0.3;
  segments[1].start_s = 0.3;
  segments[1].end_s = 1.4;
  place_words(words, kDurations, 0, 0, segments);
  // 1.4 - 0.3 is no pause of four medians, 1.4 - 0 would be one.
  CHECK(segments[1].words[0].start_s == doctest::Approx(0.3));
}
