#include "vad/speech_segments.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "unit/vad/reference_segments.h"

namespace sotto {
namespace {

using Segments = std::vector<SpeechSegment>;

constexpr int64_t kFrame = 512;

// A digit a frame: tenths.
std::vector<float> tenths(const std::string& digits) {
  std::vector<float> probabilities;
  for (const char c : digits) probabilities.push_back(static_cast<float>(c - '0') / 10);
  return probabilities;
}

// Nothing is thrown away, padded or waited for.
VadOptions plain() {
  VadOptions options;
  options.min_speech_ms = options.min_silence_ms = options.speech_pad_ms = 0;
  return options;
}

// In frames, of audio that fills them.
Segments found(const std::string& digits, const VadOptions& options) {
  const auto samples = static_cast<int64_t>(digits.size()) * kFrame;
  auto segments = speech_segments(tenths(digits), samples, options);
  REQUIRE_MESSAGE(segments.ok(), segments.status().message());
  for (SpeechSegment& s : segments.value()) {
    CHECK(s.start_samples % kFrame == 0);
    s = {s.start_samples / kFrame, s.end_samples / kFrame};
  }
  return segments.value();
}

TEST_CASE("speech_segments: a threshold to begin, a lower one to end") {
  const VadOptions options = plain();
  CHECK(found("", options).empty());
  CHECK(found("000000", options).empty());
  CHECK(found("444444", options).empty());
  CHECK(found("999999", options) == Segments{{0, 6}});
  CHECK(found("0099000", options) == Segments{{2, 4}});
  // 0.4 keeps speech up and begins none; 0.3 ends it. 0.5 begins.
  CHECK(found("0495444309", options) == Segments{{2, 7}, {9, 10}});
  CHECK(found("0050", options) == Segments{{2, 3}});
  VadOptions strict = options;
  strict.neg_threshold = 0.5;
  CHECK(found("0095490", strict) == Segments{{2, 4}, {5, 6}});
  strict.threshold = 0.95;
  CHECK(found("0099990", strict).empty());
}

TEST_CASE("speech_segments: short speech and short silence do not count") {
  VadOptions options = plain();
  options.min_silence_ms = 3 * 32;
  CHECK(found("09900990", options) == Segments{{1, 8}});
  CHECK(found("0990009900", options) == Segments{{1, 10}});
  CHECK(found("099000099", options) == Segments{{1, 3}, {7, 9}});
  options = plain();
  options.min_speech_ms = 2 * 32;
  CHECK(found("0900990099900", options) == Segments{{8, 11}});
  // What goes on at the end is measured likewise.
  CHECK(found("099", options).empty());
  CHECK(found("0999", options) == Segments{{1, 4}});
}

TEST_CASE("speech_segments: padding ends at the audio's ends, and is shared in short pauses") {
  VadOptions options = plain();
  options.speech_pad_ms = 2 * 32;
  CHECK(found("000099000000990000", options) == Segments{{2, 8}, {10, 16}});
  CHECK(found("09900000990", options) == Segments{{0, 5}, {6, 11}});
  CHECK(found("99009", options) == Segments{{0, 3}, {3, 5}});
  // Half a pause is rounded down on both sides.
  const auto odd = speech_segments(tenths("9909"), 4 * kFrame, options);
  REQUIRE(odd.ok());
  CHECK(odd.value() == Segments{{0, 1280}, {1280, 2048}});
  const auto partial = speech_segments(tenths("00990"), 4 * kFrame + 100, options);
  REQUIRE(partial.ok());
  CHECK(partial.value() == Segments{{0, 4 * kFrame + 100}});
}

TEST_CASE("speech_segments: speech that the audio's end makes too short takes no padding away") {
  VadOptions options = plain();
  options.min_speech_ms = 30;
  options.speech_pad_ms = 100;
  const auto whole = speech_segments(tenths("99909"), 5 * kFrame, options);
  REQUIRE(whole.ok());
  CHECK(whole.value() == Segments{{0, 3 * kFrame + 256}, {3 * kFrame + 256, 5 * kFrame}});
  const auto cut = speech_segments(tenths("99909"), 4 * kFrame + 100, options);
  REQUIRE(cut.ok());
  CHECK(cut.value() == Segments{{0, 4 * kFrame + 100}});
}

TEST_CASE("speech_segments: long speech is cut at its longest pause, or where it gets too long") {
  VadOptions options = plain();
  options.min_silence_ms = 2000;
  options.max_speech_s = 20 * 0.032;
  // A pause of 4 frames is longer than 98 ms, and 5 are longer still; 3 do not count.
  CHECK(found("99990000999900000999000999999", options) == Segments{{0, 12}, {17, 29}});
  CHECK(found("9999000099999999000999999", options) == Segments{{0, 4}, {8, 25}});
  // Equal ones: the first.
  CHECK(found("99990000999000099999999", options) == Segments{{0, 4}, {8, 23}});
  // The frame where it is cut belongs to neither.
  CHECK(found(std::string(30, '9'), options) == Segments{{0, 20}, {21, 30}});
}

TEST_CASE("speech_segments: equal to silero-vad on recorded and on drawn probabilities") {
  const std::vector<test::ReferenceCase> cases = test::reference_cases();
  REQUIRE(cases.size() == 496);
  size_t count = 0;
  for (const test::ReferenceCase& one : cases) {
    CAPTURE(one.source);
    const auto actual = speech_segments(one.probabilities, one.audio_samples, one.options);
    REQUIRE_MESSAGE(actual.ok(), actual.status().message());
    CHECK(actual.value() == one.segments);
    count += one.segments.size();
  }
  CHECK(count > 1000);
}

TEST_CASE("speech_segments: live, nothing that was given or decided changes") {
  for (const test::ReferenceCase& one : test::reference_cases()) {
    CAPTURE(one.source);
    auto segmenter = SpeechSegmenter::create(one.options);
    REQUIRE(segmenter.ok());
    const VadOptions& o = one.options;
    // How long a segment may be unknown: it ends with a silence, or is cut at a pause when it gets
    // too long; then the pause behind it is as long as the padding of two, or the speech behind
    // that has become certain, or has been given up after a silence. Frames between the thresholds
    // neither end silence nor let it end speech.
    const double low = o.neg_threshold.value_or(std::max(o.threshold - 0.15, 0.01));
    const auto between = std::count_if(one.probabilities.begin(), one.probabilities.end(),
                                       [&](float p) { return p >= low && p < o.threshold; });
    const bool is_cut = !std::isinf(o.max_speech_s);
    const int64_t wait =
        int64_t{16} * (2 * o.min_silence_ms + 2 * o.speech_pad_ms + o.min_speech_ms) +
        (is_cut ? static_cast<int64_t>(16000 * o.max_speech_s) : 0) + (3 + between) * kFrame;
    Segments given;
    int64_t decided = 0, now = 0;
    const auto take = [&] {
      while (const auto segment = segmenter->next()) {
        CHECK(segment->start_samples >= decided);
        CHECK(segment->end_samples > segment->start_samples);
        CHECK(segmenter->decided_samples() >= segment->end_samples);
        if (given.size() < one.segments.size()) {
          CHECK(now - one.segments[given.size()].end_samples <= wait);
        }
        given.push_back(*segment);
      }
      CHECK(segmenter->decided_samples() >= decided);
      decided = segmenter->decided_samples();
      CHECK(decided <= now);
    };
    for (const float p : one.probabilities) {
      segmenter->push(p);
      now += kFrame;
      take();
      if (p < low) CHECK_FALSE(segmenter->in_speech());
      if (p >= o.threshold && !is_cut) CHECK(segmenter->in_speech());
    }
    segmenter->finish(one.audio_samples);
    now = one.audio_samples;
    take();
    CHECK(given == one.segments);
    CHECK(decided == one.audio_samples);
    CHECK_FALSE(segmenter->next().has_value());
  }
}

TEST_CASE("speech_segments: segments are in order, apart, and within the audio") {
  for (uint64_t seed = 1000; seed < 1300; ++seed) {
    const std::vector<float> probabilities = test::drawn_probabilities(seed);
    test::Random random(seed);
    const auto samples = static_cast<int64_t>(probabilities.size()) * kFrame - random.below(kFrame);
    VadOptions options;
    options.min_silence_ms = random.below(2) * random.below(700);
    options.min_speech_ms = random.below(300);
    options.speech_pad_ms = random.below(random.below(2) == 0 ? 32 : 500);
    options.max_speech_s = 1.2 + random.below(5);
    const auto segments = speech_segments(probabilities, samples, options);
    REQUIRE(segments.ok());
    int64_t end = 0;
    for (const SpeechSegment& s : segments.value()) {
      CHECK(s.start_samples >= end);
      CHECK(s.end_samples > s.start_samples);
      CHECK(static_cast<double>(s.end_samples - s.start_samples) <=
            16000 * options.max_speech_s + kFrame);
      end = s.end_samples;
    }
    CHECK(end <= samples);
  }
}

TEST_CASE("speech_segments: probabilities that are none begin and end nothing") {
  std::vector<float> probabilities = tenths("0099000");
  probabilities[0] = probabilities[3] = std::nanf("");
  const auto segments = speech_segments(probabilities, 7 * kFrame, plain());
  REQUIRE(segments.ok());
  CHECK(segments.value() == Segments{{2 * kFrame, 4 * kFrame}});
}

TEST_CASE("speech_segments: options out of range are named") {
  const auto refusal = [](const auto& change) {
    VadOptions options;
    change(options);
    const Status status = validate(options);
    CHECK(SpeechSegmenter::create(options).status().message() == status.message());
    CHECK(status.code() == Code::kInvalidArgument);
    return status.message().substr(0, status.message().find(':'));
  };
  CHECK(validate(VadOptions()).ok());
  for (const double bad : {0.0, -0.1, 1.1, std::nan("")}) {
    CHECK(refusal([&](VadOptions& o) { o.threshold = bad; }) == "threshold");
    CHECK(refusal([&](VadOptions& o) { o.neg_threshold = bad; }) == "neg_threshold");
  }
  CHECK(refusal([](VadOptions& o) { o.neg_threshold = 0.6; }) == "neg_threshold");
  for (const int bad : {-1, 3'600'001}) {
    CHECK(refusal([&](VadOptions& o) { o.min_speech_ms = bad; }) == "min_speech_ms");
    CHECK(refusal([&](VadOptions& o) { o.min_silence_ms = bad; }) == "min_silence_ms");
    CHECK(refusal([&](VadOptions& o) { o.speech_pad_ms = bad; }) == "speech_pad_ms");
  }
  // Two frames and the padding of both sides: 0.064 + 0.8 s.
  for (const double bad : {0.0, -1.0, 0.864, std::nan("")}) {
    CHECK(refusal([&](VadOptions& o) { o.max_speech_s = bad; }) == "max_speech_s");
  }
  VadOptions options;
  options.max_speech_s = 0.865;
  CHECK(validate(options).ok());
  for (const int64_t samples : {int64_t{-1}, 2 * kFrame, 3 * kFrame + 1}) {
    CHECK(speech_segments(tenths("999"), samples, VadOptions()).status().code() ==
          Code::kInvalidArgument);
  }
  CHECK(speech_segments(tenths("999"), 2 * kFrame + 1, VadOptions()).ok());
}

}  // namespace
}  // namespace sotto
