#include "vad/speech_cutter.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "unit/vad/reference_segments.h"

namespace sotto {
namespace {

constexpr int64_t kFrame = 512;

// Samples that tell their place, exact in a float.
std::vector<float> numbered(int64_t count) {
  std::vector<float> samples(static_cast<size_t>(count));
  std::iota(samples.begin(), samples.end(), 0.0f);
  return samples;
}

struct Cut {
  std::vector<float> kept;
  TimeMap map;
};

// Pushes pieces of as many samples; frames are heard as they are full.
Cut cut(const test::ReferenceCase& one, int64_t piece) {
  auto cutter = SpeechCutter::create(one.options);
  REQUIRE(cutter.ok());
  const std::vector<float> samples = numbered(one.audio_samples);
  Cut result;
  size_t heard = 0;
  for (int64_t at = 0; at < one.audio_samples; at += piece) {
    const int64_t count = std::min(piece, one.audio_samples - at);
    cutter->push(std::span(samples).subspan(size_t(at), size_t(count)));
    for (; int64_t(heard + 1) * kFrame <= at + count; ++heard) {
      cutter->heard(one.probabilities[heard]);
    }
    cutter->take(result.kept);
  }
  if (heard < one.probabilities.size()) cutter->heard(one.probabilities[heard]);
  cutter->finish();
  cutter->take(result.kept);
  result.map = cutter->map();
  return result;
}

}  // namespace

TEST_CASE("speech_cutter: gives the samples of all segments, whatever the pieces") {
  int64_t kept = 0;
  for (const test::ReferenceCase& one : test::reference_cases()) {
    CAPTURE(one.source);
    std::vector<float> expected;
    for (const SpeechSegment& s : one.segments) {
      for (int64_t i = s.start_samples; i < s.end_samples; ++i) expected.push_back(float(i));
    }
    for (const int64_t piece : {int64_t{100}, kFrame, int64_t{7000}, int64_t{1} << 40}) {
      const Cut result = cut(one, piece);
      REQUIRE(result.kept == expected);
      REQUIRE(result.map.joined_samples() == int64_t(expected.size()));
      for (size_t i = 0; i < expected.size(); i += 97) {
        REQUIRE(result.map.to_original(int64_t(i)) == int64_t(expected[i]));
      }
    }
    kept += int64_t(expected.size());
  }
  CHECK(kept > 1'000'000);
}

TEST_CASE("speech_cutter: speech without a pause is given as it is heard") {
  auto cutter = SpeechCutter::create(VadOptions());
  REQUIRE(cutter.ok());
  const std::vector<float> second = numbered(16000);
  std::vector<float> kept;
  // Ten minutes, all of it speech.
  for (int s = 1; s <= 600; ++s) {
    cutter->push(second);
    for (int i = 16000 * (s - 1) / 512; i < 16000 * s / 512; ++i) cutter->heard(0.9f);
    cutter->take(kept);
    CHECK(kept.size() >= size_t(16000 * s - 2 * kFrame));
  }
  // Then silence: less than min_silence_ms of it may still be speech, and then the end is known.
  for (int s = 0; s < 4; ++s) {
    cutter->push(second);
    for (int i = 0; i < 31; ++i) cutter->heard(0.0f);
    cutter->take(kept);
  }
  CHECK(kept.size() == size_t(16000 * 600 + 16 * VadOptions().speech_pad_ms));
  CHECK(cutter->map().pieces().size() == 1);
}

TEST_CASE("speech_cutter: refuses the options that are refused elsewhere") {
  VadOptions options;
  options.threshold = 2;
  const auto cutter = SpeechCutter::create(options);
  REQUIRE(!cutter.ok());
  CHECK(cutter.status().message().starts_with("threshold"));
}

}  // namespace sotto
