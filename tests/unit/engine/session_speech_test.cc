// Sessions that listen for speech, with a network that takes what is loud for it.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "unit/engine/engine_fixture.h"
#include "unit/vad/silero_fixture.h"

using namespace sotto;
using test::audio_of;
using test::make_session;
using test::same_segments;
using test::transcribe;

namespace {

// Loud enough to be speech beyond doubt, and loud enough to be doubted: p is 0.9999 and 0.61.
constexpr float kLoud = 0.5f;
constexpr float kFaint = 0.08f;

Status load_loudness(Engine& engine) {
  const std::vector<uint8_t> bytes = test::silero_bytes(test::loudness_tensors());
  MemorySource source(bytes);
  return engine.load_vad(source);
}

Engine& listening_engine() {
  // The windows' texts have timestamps up to 30 s, so that the tests fill them with audio.
  static const std::unique_ptr<Engine> engine = [] {
    auto made = test::make_engine(test::quick_shape());
    REQUIRE(load_loudness(*made).ok());
    return made;
  }();
  return *engine;
}

// Windows that do not know of one another, so that they can be compared one by one.
SessionOptions options_with(Vad vad) {
  SessionOptions options;
  options.vad = vad;
  options.condition_on_previous_text = false;
  options.temperatures = {0};
  options.max_new_tokens = 12;
  return options;
}

}  // namespace

TEST_CASE("session vad: weights are needed where silence is to be left out, and are read once") {
  const auto engine = test::make_engine(test::quick_shape());
  const auto refused = engine->new_session(options_with(Vad::kOn));
  REQUIRE(!refused.ok());
  CHECK(refused.status().code() == Code::kInvalidArgument);
  CHECK(refused.status().message().starts_with("vad: expected"));
  CHECK(engine->new_session(options_with(Vad::kAuto)).ok());
  MemorySource nothing({});
  CHECK(!engine->load_vad(nothing).ok());
  CHECK(load_loudness(*engine).ok());
  CHECK(engine->new_session(options_with(Vad::kOn)).ok());
  CHECK(load_loudness(*engine).code() == Code::kBadState);

  SessionOptions options = options_with(Vad::kOn);
  options.vad_options.threshold = 0;
  CHECK(engine->new_session(options).status().message().starts_with("threshold"));
}

TEST_CASE("session vad: silence and faint noise give no text and take no window") {
  for (const double length_s : {0.5, 29.0, 70.0}) {
    const std::vector<float> silence = audio_of({{length_s, 0}}),
                             hum = audio_of({{length_s, 0.02f}});
    REQUIRE(!transcribe(listening_engine(), hum, 16000, options_with(Vad::kOff)).empty());
    for (const Vad vad : {Vad::kAuto, Vad::kOn}) {
      for (const std::vector<float>& samples : {silence, hum}) {
        const auto session = make_session(listening_engine(), options_with(vad));
        REQUIRE(session->push(samples, 16000).ok());
        test::run_to_end(*session);
        CHECK(session->segments().empty());
        CHECK(session->timings().windows == 0);
        CHECK(session->timings().audio_ms == doctest::Approx(length_s * 1000));
      }
    }
  }
}

TEST_CASE("session vad: where all is speech, nothing changes") {
  const std::vector<float> speech = audio_of({{60, kLoud}});
  const auto expected = transcribe(listening_engine(), speech, 16000, options_with(Vad::kOff));
  REQUIRE(!expected.empty());
  for (const Vad vad : {Vad::kAuto, Vad::kOn}) {
    CHECK(
        same_segments(transcribe(listening_engine(), speech, 16000, options_with(vad)), expected));
    // In pieces as they may come from a microphone.
    const auto session = make_session(listening_engine(), options_with(vad));
    for (size_t at = 0; at < speech.size(); at += 4000) {
      REQUIRE(session->push(std::span(speech).subspan(at, 4000), 16000).ok());
      REQUIRE(session->step(0).ok());
    }
    test::run_to_end(*session);
    CHECK(same_segments(session->segments(), expected));
    CHECK(session->timings().vad_ms > 0);
  }
}

TEST_CASE("session vad: a window that begins with silence begins where speech does") {
  const std::vector<float> late = audio_of({{40, 0}, {30, kLoud}});
  const auto segments = transcribe(listening_engine(), late, 16000, options_with(Vad::kAuto));
  REQUIRE(!segments.empty());
  for (const Segment& s : segments) {
    CHECK(s.start_s >= 39.5);
    CHECK(s.end_s <= 70.0);
  }
  // Five seconds are no reason to.
  const std::vector<float> soon = audio_of({{5, 0}, {25, kLoud}});
  const auto same = transcribe(listening_engine(), soon, 16000, options_with(Vad::kOff));
  CHECK(same_segments(transcribe(listening_engine(), soon, 16000, options_with(Vad::kAuto)), same));
}

TEST_CASE("session vad: text with a time at which nobody speaks is left out") {
  // The model with random weights writes all over its window.
  const std::vector<float> samples = audio_of({{2, kLoud}, {28, 0}});
  const auto all = transcribe(listening_engine(), samples, 16000, options_with(Vad::kOff));
  const auto heard = transcribe(listening_engine(), samples, 16000, options_with(Vad::kAuto));
  const auto beside = [](const Segment& s) { return s.start_s > 2.3; };
  CHECK(std::any_of(all.begin(), all.end(), beside));
  CHECK(std::none_of(heard.begin(), heard.end(), beside));
}

TEST_CASE("session vad: where speech is doubtful, one sign of silence is enough") {
  const std::vector<float> clear = audio_of({{30, kLoud}}), faint = audio_of({{30, kFaint}});
  SessionOptions options = options_with(Vad::kAuto);
  // No sign at all.
  options.no_speech_threshold = 1;
  options.log_prob_threshold = -1e6f;
  options.compression_ratio_threshold = 1e6f;
  CHECK(!transcribe(listening_engine(), faint, 16000, options).empty());
  const auto check_dropped = [&](const SessionOptions& changed) {
    CHECK(transcribe(listening_engine(), faint, 16000, changed).empty());
    CHECK(!transcribe(listening_engine(), clear, 16000, changed).empty());
    SessionOptions off = changed;
    off.vad = Vad::kOff;
    CHECK(!transcribe(listening_engine(), faint, 16000, off).empty());
  };
  SessionOptions changed = options;
  changed.no_speech_threshold = 0;
  check_dropped(changed);
  changed = options;
  changed.log_prob_threshold = 0;
  check_dropped(changed);
  changed = options;
  changed.compression_ratio_threshold = 0;
  check_dropped(changed);
}

TEST_CASE("session vad: silence inserted moves what is said behind it by exactly that much") {
  // Multiples of a frame of 512 samples.
  const std::vector<double> silences_s = {3.2, 2.56, 8.0};
  const std::vector<double> longer_s = {3.2 + 0.032, 2.56 + 41.6, 8.0 + 3.2};
  const auto audio = [](const std::vector<double>& s) {
    return audio_of({{s[0], 0}, {12.8, kLoud}, {s[1], 0}, {9.6, kLoud}, {s[2], 0}, {12.8, kLoud}});
  };
  const auto a = transcribe(listening_engine(), audio(silences_s), 16000, options_with(Vad::kOn));
  const auto b = transcribe(listening_engine(), audio(longer_s), 16000, options_with(Vad::kOn));
  REQUIRE(a.size() > 1);
  REQUIRE(a.size() == b.size());
  const double middles_s[] = {1.6, 3.2 + 12.8 + 1.28, 3.2 + 12.8 + 2.56 + 9.6 + 4.0};
  const auto moved = [&](double time_s) {
    double moved_s = time_s;
    for (size_t i = 0; i < 3; ++i) {
      if (time_s > middles_s[i]) moved_s += longer_s[i] - silences_s[i];
    }
    return moved_s;
  };
  for (size_t i = 0; i < a.size(); ++i) {
    CHECK(a[i].text == b[i].text);
    CHECK(b[i].start_s == doctest::Approx(moved(a[i].start_s)).epsilon(1e-12));
    CHECK(b[i].end_s == doctest::Approx(moved(a[i].end_s)).epsilon(1e-12));
    // In what was said, and not in the silence between.
    CHECK(a[i].start_s >= 2.8 - 1e-9);
  }
  CHECK(a.back().end_s > middles_s[2]);
}

TEST_CASE("session vad: a step with a budget ends within silence, and the next one goes on") {
  const std::vector<float> silence = audio_of({{28, 0}});
  const auto session = make_session(listening_engine(), options_with(Vad::kAuto));
  REQUIRE(session->push(silence, 16000).ok());
  REQUIRE(session->finish().ok());
  int steps = 0;
  for (; !session->done(); ++steps) {
    REQUIRE(session->step(1e-6).ok());
    REQUIRE(steps < 100);
  }
  // Two seconds at a time.
  CHECK(steps > 10);
  CHECK(session->segments().empty());
}
