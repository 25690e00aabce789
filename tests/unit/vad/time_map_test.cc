#include "vad/time_map.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "unit/support/random.h"

namespace sotto {
namespace {

TimeMap map_of(const std::vector<SpeechSegment>& pieces) {
  TimeMap map;
  for (const SpeechSegment& piece : pieces) REQUIRE(map.add(piece).ok());
  return map;
}

TEST_CASE("time_map: pieces joined, and both sides of a joint") {
  const TimeMap map = map_of({{100, 150}, {200, 230}, {230, 300}});
  CHECK(map.joined_samples() == 150);
  CHECK(map.to_original(0) == 100);
  CHECK(map.to_original(49) == 149);
  CHECK(map.to_original(50, Side::kBefore) == 150);
  CHECK(map.to_original(50, Side::kBehind) == 200);
  CHECK(map.to_original(79) == 229);
  // Pieces that touch have one moment there.
  CHECK(map.to_original(80, Side::kBefore) == 230);
  CHECK(map.to_original(80, Side::kBehind) == 230);
  CHECK(map.to_original(150, Side::kBefore) == 300);
  CHECK(map.to_original(150, Side::kBehind) == 300);
  // Beyond the ends.
  CHECK(map.to_original(160) == 310);
  CHECK(map.to_original(-5) == 95);
  CHECK(map.to_original(0, Side::kBefore) == 100);

  CHECK(map.piece_of(0) == SpeechSegment{100, 150});
  CHECK(map.piece_of(149) == SpeechSegment{100, 150});
  // Those that touch are one.
  CHECK(map.piece_of(150) == SpeechSegment{200, 300});
  CHECK(map.piece_of(299) == SpeechSegment{200, 300});
  CHECK(map.piece_of(1000) == SpeechSegment{200, 300});

  CHECK(map.to_joined(90) == -10);
  CHECK(map.to_joined(100) == 0);
  CHECK(map.to_joined(150) == 50);
  CHECK(map.to_joined(180) == 50);
  CHECK(map.to_joined(200) == 50);
  CHECK(map.to_joined(230) == 80);
  CHECK(map.to_joined(310) == 160);
}

TEST_CASE("time_map: seconds are moved by whole samples, intervals as a whole") {
  const TimeMap map = map_of({{16000, 32000}, {48000, 64000}});
  CHECK(map.to_original_s(0.25) == 1.25);
  CHECK(map.to_original_s(1.0, Side::kBefore) == 2.0);
  CHECK(map.to_original_s(1.0, Side::kBehind) == 3.0);
  CHECK(map.to_original_s(1.5) == 3.5);
  // A word that a joint cuts keeps its length, and goes with its middle.
  TimeMap::Interval word = map.to_original_s(TimeMap::Interval{0.75, 1.125});
  CHECK(word.start_s == 1.75);
  CHECK(word.end_s == 2.125);
  word = map.to_original_s(TimeMap::Interval{0.875, 1.25});
  CHECK(word.start_s == 2.875);
  CHECK(word.end_s == 3.25);
}

TEST_CASE("time_map: without pieces nothing moves") {
  const TimeMap map;
  CHECK(map.joined_samples() == 0);
  CHECK(map.to_original(7) == 7);
  CHECK(map.to_joined(7) == 7);
  CHECK(map.to_original_s(0.5) == 0.5);
  CHECK(map.to_original_s(TimeMap::Interval{0.5, 1}).end_s == 1);
}

TEST_CASE("time_map: pieces that overlap, go back or are empty are refused") {
  TimeMap map = map_of({{100, 150}});
  for (const SpeechSegment bad : {SpeechSegment{149, 160}, {0, 50}, {150, 150}, {170, 160}}) {
    CHECK(map.add(bad).code() == Code::kInvalidArgument);
  }
  CHECK(map.add({149, 160}).message() ==
        "piece of audio: expected one that begins at 150 or later and is not empty, got 149 to "
        "160");
  CHECK(TimeMap().add({-1, 5}).code() == Code::kInvalidArgument);
  CHECK(map.pieces().size() == 1);
  CHECK(map.joined_samples() == 50);
}

TEST_CASE("time_map: sample by sample, as joining does it") {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    test::Random random(seed);
    TimeMap map;
    std::vector<int64_t> original;  // of each joined sample
    for (int64_t at = random.below(50); original.size() < 500;) {
      const int64_t end = at + 1 + random.below(60);
      REQUIRE(map.add({at, end}).ok());
      for (int64_t i = at; i < end; ++i) original.push_back(i);
      at = end + random.below(3) * random.below(100);
    }
    REQUIRE(map.joined_samples() == static_cast<int64_t>(original.size()));
    for (size_t i = 0; i < original.size(); ++i) {
      const auto joined = static_cast<int64_t>(i);
      CHECK(map.to_original(joined) == original[i]);
      // The end of sample i - 1 is the beginning of the next.
      if (i > 0) CHECK(map.to_original(joined, Side::kBefore) == original[i - 1] + 1);
      CHECK(map.to_joined(original[i]) == joined);
      CHECK(map.to_original_s(double(joined) / 16000) ==
            double(joined) / 16000 + double(original[i] - joined) / 16000);
    }
    for (int64_t at = original.front(); at < original.back(); ++at) {
      const auto first = std::lower_bound(original.begin(), original.end(), at);
      CHECK(map.to_joined(at) == first - original.begin());
    }
  }
}

// Silence put into audio at many places moves what is said by exactly as much.
TEST_CASE("time_map: silence that is put in and cut again shifts times by its length") {
  test::Random random(4);
  const std::vector<SpeechSegment> speech = {{0, 8000}, {8000, 20000}, {20000, 20500}};
  TimeMap map;
  int64_t silence = 0;
  std::vector<int64_t> shifts;
  for (const SpeechSegment& s : speech) {
    silence += 1 + random.below(100'000);
    shifts.push_back(silence);
    REQUIRE(map.add({s.start_samples + silence, s.end_samples + silence}).ok());
  }
  for (size_t i = 0; i < speech.size(); ++i) {
    CHECK(map.to_original(speech[i].start_samples, Side::kBehind) ==
          speech[i].start_samples + shifts[i]);
    CHECK(map.to_original(speech[i].end_samples, Side::kBefore) ==
          speech[i].end_samples + shifts[i]);
  }
}

}  // namespace
}  // namespace sotto
