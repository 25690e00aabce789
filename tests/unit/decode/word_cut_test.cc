#include "decode/word_cut.h"

#include <doctest/doctest.h>

#include <limits>
#include <vector>

using namespace sotto;

namespace {

constexpr double kFar_s = std::numeric_limits<double>::infinity();

// Words of equal length from start to end.
SpokenSegment segment(double start_s, double end_s, int words, float probability) {
  SpokenSegment out;
  out.start_s = start_s;
  out.end_s = end_s;
  const double length_s = (end_s - start_s) / words;
  for (int i = 0; i < words; ++i) {
    out.words.push_back({start_s + i * length_s, start_s + (i + 1) * length_s, " w", probability});
  }
  return out;
}

// A word a second.
SpokenSegment good(double start_s, double end_s) {
  return segment(start_s, end_s, static_cast<int>(end_s - start_s), 0.9f);
}

SpokenSegment bad(double start_s, double end_s) { return segment(start_s, end_s, 4, 0.1f); }

// A window of 30 s in the midst of the audio.
SpokenWindow window(double begin_s = 100) {
  SpokenWindow out;
  out.begin_s = begin_s;
  out.audio_end_s = out.next_s = begin_s + 30;
  out.total_s = kFar_s;
  out.last_speech_s = begin_s;
  return out;
}

void check(const WordCut& cut, size_t kept, double next_s, bool again = false) {
  CHECK(cut.kept == kept);
  CHECK(cut.next_s == doctest::Approx(next_s));
  CHECK(cut.again == again);
}

}  // namespace

TEST_CASE("word cut: anomalous are improbable, short and long words") {
  CHECK(!is_anomalous(segment(0, 2, 4, 0.15f)));
  CHECK(is_anomalous(segment(0, 2, 4, 0.14f)));
  // 0.05 s: (0.133 - 0.05) * 15 = 1.2 each.
  CHECK(is_anomalous(segment(0, 0.2, 4, 0.9f)));
  // 3.2 s: 1.2 each.
  CHECK(is_anomalous(segment(0, 12.8, 4, 0.9f)));
  CHECK(!is_anomalous({}));
  // Three improbable words are enough in a long segment, two are not.
  SpokenSegment mixed = segment(0, 8, 8, 0.9f);
  mixed.words[0].probability = mixed.words[1].probability = 0.1f;
  CHECK(!is_anomalous(mixed));
  mixed.words[7].probability = 0.1f;
  CHECK(is_anomalous(mixed));
  // Words after the eighth, and punctuation, do not count.
  SpokenSegment late = segment(0, 12, 12, 0.9f);
  for (int i : {8, 9, 10, 11}) late.words[i].probability = 0.1f;
  CHECK(!is_anomalous(late));
  SpokenSegment marks = segment(0, 8, 8, 0.9f);
  for (int i : {0, 1, 2, 3}) {
    marks.words[i].word = ".";
    marks.words[i].probability = 0.1f;
  }
  CHECK(!is_anomalous(marks));
}

TEST_CASE("word cut: the next window begins after the last word") {
  const std::vector<SpokenSegment> said = {good(101, 104), good(105, 127)};
  check(cut_by_words(said, window(), std::nullopt), 2, 127);
  SpokenWindow lone = window();
  lone.lone_ending = true;
  check(cut_by_words(said, lone, std::nullopt), 2, 130);
  // With a threshold, what is left of the window must be longer than that.
  check(cut_by_words(said, window(), 2.0f), 2, 127);
  check(cut_by_words(said, window(), 4.0f), 2, 130);
  check(cut_by_words(said, lone, 2.0f), 2, 130);
  check(cut_by_words({}, window(), 2.0f), 0, 130);
  // Without words, where the segment ends.
  std::vector<SpokenSegment> wordless(1);
  wordless[0].end_s = 109;
  check(cut_by_words(wordless, window(), std::nullopt), 1, 109);
}

TEST_CASE("word cut: silence before an invented first segment is skipped, and it is heard again") {
  const std::vector<SpokenSegment> said = {bad(105, 108), good(109, 120)};
  check(cut_by_words(said, window(), 2.0f), 0, 105, true);
  check(cut_by_words(said, window(), std::nullopt), 2, 120);
  check(cut_by_words(std::vector{good(105, 108)}, window(), 2.0f), 1, 108);
}

TEST_CASE("word cut: an invented segment between silences is given up, and all behind it") {
  const std::vector<SpokenSegment> said = {good(100, 104), bad(110, 113), good(118, 128)};
  check(cut_by_words(said, window(), 2.0f), 1, 110);
  // Beside speech it stays: no silence before it, or none behind.
  check(cut_by_words(std::vector{good(100, 109), bad(110, 113), good(118, 128)}, window(), 2.0f), 3,
        130);
  check(cut_by_words(std::vector{good(100, 104), bad(110, 113), good(114, 128)}, window(), 2.0f), 3,
        130);
  // Another such segment behind it, or the end of the window, is as good as silence.
  check(cut_by_words(std::vector{good(100, 104), bad(110, 113), bad(114, 120)}, window(), 2.0f), 1,
        110);
  check(cut_by_words(std::vector{good(100, 104), bad(124, 129)}, window(), 2.0f), 1, 124);
}

TEST_CASE("word cut: at the end of the audio nothing is heard again") {
  SpokenWindow last = window();
  last.audio_end_s = last.total_s = 114;
  check(cut_by_words(std::vector{good(100, 104), bad(110, 113)}, last, 2.0f), 2, 113);
  // The silence behind it is longer than the threshold only where there is some.
  check(cut_by_words(std::vector{good(100, 104), bad(108, 110)}, last, 3.0f), 1, 108);
  last.audio_end_s = last.total_s = 129.5;
  check(cut_by_words(std::vector{good(100, 104), bad(124, 129)}, last, 2.0f), 1, 129.5);
}

TEST_CASE("word cut: windows go on by a second at least") {
  const std::vector<SpokenSegment> said = {bad(100.5, 103), good(108, 120)};
  check(cut_by_words(said, window(), 2.0f), 0, 101);
}
