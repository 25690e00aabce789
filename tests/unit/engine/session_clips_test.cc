// Sessions that listen to parts of the audio only (clip_timestamps).
#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "unit/engine/engine_fixture.h"

using namespace sotto;

namespace {

Engine& engine() {
  static const std::unique_ptr<Engine> made = test::make_engine(test::quick_shape());
  return *made;
}

// Without timestamps each window is a segment, so that they show what was listened to.
SessionOptions listening_to(std::vector<double> clips) {
  SessionOptions options;
  options.clip_timestamps = std::move(clips);
  options.timestamps = Timestamps::kNone;
  options.temperatures = {0};
  options.no_speech_threshold = 1;
  options.max_new_tokens = 4;
  return options;
}

using Times = std::vector<std::pair<double, double>>;

// The model may write nothing at all into a window.
void check_windows(const Session& session, const Times& expected) {
  CHECK(session.timings().windows == int(expected.size()));
  CHECK(session.segments().empty() == expected.empty());
  for (const Segment& segment : session.segments()) {
    const auto is_it = [&](const auto& window) {
      return segment.start_s == doctest::Approx(window.first) &&
             segment.end_s == doctest::Approx(window.second);
    };
    CAPTURE(segment.start_s);
    CAPTURE(segment.end_s);
    CHECK(std::any_of(expected.begin(), expected.end(), is_it));
  }
}

}  // namespace

TEST_CASE("session clips: windows are within them") {
  const std::vector<float> samples = test::noise(16000 * 70);
  const auto check = [&](std::vector<double> clips, const Times& expected) {
    const auto session = test::make_session(engine(), listening_to(std::move(clips)));
    REQUIRE(session->push(samples, 16000).ok());
    test::run_to_end(*session);
    check_windows(*session, expected);
  };
  check({2, 5, 10, 12.5}, {{2, 5}, {10, 12.5}});
  check({1, 65}, {{1, 31}, {31, 61}, {61, 65}});
  // Clips that touch are two.
  check({3, 4, 4, 6}, {{3, 4}, {4, 6}});
  check({0}, {{0, 30}, {30, 60}, {60, 70}});
  check({5, 6, 60}, {{5, 6}, {60, 70}});
  check({65, 100}, {{65, 70}});
  check({71, 100, 120}, {});
}

TEST_CASE("session clips: live, the last one ends the work, and what is before one is not kept") {
  const std::vector<float> samples = test::noise(16000 * 70);
  const auto session = test::make_session(engine(), listening_to({40, 42, 50, 51}));
  size_t at = 0;
  while (!session->done()) {
    // As JavaScript does: no step where audio is wanted.
    if (session->wants_audio()) {
      REQUIRE(at < samples.size());
      REQUIRE(session->push(std::span(samples).subspan(at, 4000), 16000).ok());
      at += 4000;
    } else {
      REQUIRE(session->step(0).ok());
    }
  }
  check_windows(*session, {{40, 42}, {50, 51}});
  CHECK(at <= 16000 * 51 + 4000);
  CHECK(!session->wants_audio());
}

TEST_CASE("session clips: times that are none, or not in their order, are refused") {
  const double inf = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const std::vector<double>& bad :
       {std::vector<double>{-1}, {nan}, {0, inf}, {3, 2}, {1, 1}, {1, 2, 1.5}, {0, 1, 2, 2}}) {
    CAPTURE(bad.size());
    CAPTURE(bad.front());
    const auto session = engine().new_session(listening_to(bad));
    REQUIRE(!session.ok());
    CHECK(session.status().code() == Code::kInvalidArgument);
    CHECK(session.status().message().starts_with("clip_timestamps: expected"));
  }
  SessionOptions both = listening_to({1, 2});
  both.vad = Vad::kOn;
  CHECK(engine().new_session(both).status().message().starts_with("clip_timestamps: expected"));
}
