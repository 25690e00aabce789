// Sessions that decode several windows together (batch_size).
#include <doctest/doctest.h>

#include <algorithm>
#include <utility>

#include "decode/segments.h"
#include "text/special_tokens.h"
#include "unit/engine/engine_fixture.h"

using namespace sotto;

namespace {

Engine& engine() {
  static const std::unique_ptr<Engine> made = test::make_engine(test::quick_shape());
  return *made;
}

SessionOptions together(int batch_size) {
  SessionOptions options;
  options.batch_size = batch_size;
  options.no_speech_threshold = 1;
  options.log_prob_threshold = -1e6f;
  return options;
}

// Clips of different lengths, as many as there are windows.
const std::vector<double> kClips = {0,  7,  8,  30,   31, 33.5, 40, 61,
                                    61, 80, 82, 90.2, 95, 96,   97, 120};

struct Said {
  std::vector<Segment> segments;
  int windows = 0;
};

Said say(const std::vector<float>& samples, const SessionOptions& options) {
  const auto session = test::make_session(engine(), options);
  REQUIRE(session->push(samples, 16000).ok());
  test::run_to_end(*session);
  return {session->segments(), session->timings().windows};
}

// What a session of its own says in each clip. Some numbers make one end early, and have a second
// window then.
Said one_by_one(const std::vector<float>& samples, SessionOptions options) {
  Said all;
  for (size_t i = 0; i + 1 < kClips.size(); i += 2) {
    options.clip_timestamps = {kClips[i], kClips[i + 1]};
    Said clip = say(samples, options);
    all.windows += clip.windows;
    for (Segment& segment : clip.segments) {
      segment.id = static_cast<int>(all.segments.size());
      all.segments.push_back(std::move(segment));
    }
  }
  return all;
}

void check_alike(SessionOptions options) {
  const std::vector<float> samples = test::noise(16000 * 120);
  // Alone in a batch of two.
  options.batch_size = 2;
  const Said expected = one_by_one(samples, options);
  REQUIRE(!expected.segments.empty());
  REQUIRE(expected.windows >= int(kClips.size() / 2));
  options.clip_timestamps = kClips;
  for (const int batch_size : {2, 3, 8, 11}) {
    CAPTURE(batch_size);
    options.batch_size = batch_size;
    const Said together = say(samples, options);
    CHECK(together.windows == expected.windows);
    CHECK(test::same_segments(together.segments, expected.segments));
  }
}

}  // namespace

TEST_CASE("session batch: a window's text is the one that it has alone, in their order") {
  check_alike(together(1));
}

TEST_CASE("session batch: with beams of which a pass does not hold all rows") {
  SessionOptions options = together(1);
  options.beam_size = 7;
  check_alike(options);
}

TEST_CASE("session batch: with texts that are drawn, attempt after attempt") {
  SessionOptions options = together(1);
  options.temperatures = {0, 0.4f, 1};
  options.log_prob_threshold = 0;
  options.seed = 5;
  check_alike(options);
}

TEST_CASE("session batch: without timestamps it says what windows one by one say") {
  // Each window is a segment, so that sessions of both kinds have the same windows.
  const std::vector<float> samples = test::noise(16000 * 120);
  SessionOptions options = together(1);
  options.timestamps = Timestamps::kNone;
  const Said expected = one_by_one(samples, options);
  REQUIRE(!expected.segments.empty());
  options.clip_timestamps = kClips;
  options.batch_size = 5;
  CHECK(test::same_segments(say(samples, options).segments, expected.segments));
}

TEST_CASE("session batch: windows cover the audio, whatever is pushed at a time") {
  const std::vector<float> samples = test::noise(16000 * 100);
  SessionOptions options = together(3);
  options.timestamps = Timestamps::kNone;
  const std::vector<Segment> whole = test::transcribe(engine(), samples, 16000, options);
  const auto session = test::make_session(engine(), options);
  double position_s = 0;
  for (size_t at = 0; !session->done();) {
    if (!session->wants_audio()) {
      REQUIRE(session->step(1).ok());
    } else if (at < samples.size()) {
      const size_t count = std::min<size_t>(30'011, samples.size() - at);
      REQUIRE(session->push(std::span(samples).subspan(at, count), 16000).ok());
      at += count;
    } else {
      REQUIRE(session->finish().ok());
    }
    CHECK(session->position_s() >= position_s);
    position_s = session->position_s();
    const double progress = session->window_progress();
    CHECK(progress >= 0);
    CHECK(progress <= 1);
    for (const Segment& segment : session->segments()) CHECK(segment.end_s <= position_s + 30);
  }
  CHECK(position_s == doctest::Approx(100));
  CHECK(test::same_segments(session->segments(), whole));
  for (size_t i = 1; i < whole.size(); ++i) CHECK(whole[i].start_s >= whole[i - 1].end_s);
  for (const Segment& segment : whole) {
    CHECK(double(segment.seek_frames) / 100 == doctest::Approx(segment.start_s));
  }
  for (const Segment& segment : whole) CHECK(segment.end_s - segment.start_s <= 30);
}

TEST_CASE("session batch: long audio is cut where it is quietest") {
  std::vector<float> samples = test::noise(16000 * 50);
  // A pause at 24 s.
  std::fill_n(samples.begin() + 16000 * 24, 16000 / 2, 0.0f);
  SessionOptions options = together(2);
  options.timestamps = Timestamps::kNone;
  options.vad = Vad::kOff;
  options.suppress_blank = true;
  const auto session = test::make_session(engine(), options);
  REQUIRE(session->push(samples, 16000).ok());
  test::run_to_end(*session);
  CHECK(session->timings().windows == 2);
  REQUIRE(!session->segments().empty());
  for (const Segment& segment : session->segments()) {
    const bool is_first = segment.start_s == 0;
    CHECK((is_first ? segment.end_s : segment.start_s) == doctest::Approx(24.25).epsilon(0.02));
  }
}

TEST_CASE("session batch: a text that no timestamp ends is kept") {
  const SpecialTokens special = special_tokens(1864);
  const int begin = special.timestamp_begin;
  const std::vector<int> tokens = {begin, 5, begin + 100, begin + 100, 6, 7};
  const WindowCut kept = cut_window(special, tokens, 900, Tail::kKept);
  REQUIRE(kept.segments.size() == 2);
  CHECK(kept.segments[1].first == 3);
  CHECK(kept.segments[1].end == 6);
  CHECK(kept.segments[1].start_s == doctest::Approx(2));
  CHECK(kept.segments[1].end_s == doctest::Approx(9));
  CHECK(kept.advance_frames == 900);
  CHECK(cut_window(special, tokens, 900).segments.size() == 1);
}

TEST_CASE("session batch: sizes and what does not go with it are refused") {
  const auto message = [](const SessionOptions& options) {
    const auto session = engine().new_session(options);
    REQUIRE(!session.ok());
    CHECK(session.status().code() == Code::kInvalidArgument);
    return session.status().message();
  };
  CHECK(message(together(0)) == "batch_size: expected 1 to 32, got 0");
  CHECK(message(together(33)) == "batch_size: expected 1 to 32, got 33");
  SessionOptions options = together(2);
  options.timestamps = Timestamps::kWord;
  options.hallucination_silence_threshold = 2.0f;
  CHECK(message(options).starts_with("hallucination_silence_threshold: expected batch_size 1"));
}
