#include <algorithm>
#include <climits>
#include <cmath>
#include <limits>

#include "text/utf8.h"
#include "unit/engine/engine_fixture.h"

using namespace sotto;
using test::make_engine;
using test::make_session;
using test::noise;
using test::quick_shape;
using test::same_segments;
using test::transcribe;

namespace {

// A budget that has passed when the first item of work is done.
constexpr double kOneItem_ms = 1e-6;
// Three windows of 30 s, the last one short.
constexpr size_t kLong_samples = 16000 * 70;
// A session that goes on longer than this many items for a window of a one-layer model hangs.
constexpr int kMostSteps = 20000;

bool is_valid_utf8(const std::string& text) {
  std::string valid;
  append_valid_utf8(text, valid);
  return valid == text;
}

// A model shared by the tests, as sessions leave nothing behind.
Engine& shared_engine() {
  static const std::unique_ptr<Engine> engine = make_engine(quick_shape());
  return *engine;
}

std::vector<Segment> usual_segments() {
  static const std::vector<Segment> segments = transcribe(shared_engine(), noise(40000));
  REQUIRE(!segments.empty());
  return segments;
}

// The engine still says what it said at first.
void check_unharmed() {
  CHECK(same_segments(transcribe(shared_engine(), noise(40000)), usual_segments()));
}

}  // namespace

TEST_CASE("session: without audio there is no text") {
  for (int pushes : {0, 1, 3}) {
    const auto session = make_session(shared_engine());
    for (int i = 0; i < pushes; ++i) REQUIRE(session->push({}, 16000).ok());
    test::run_to_end(*session);
    CHECK(session->segments().empty());
    CHECK(session->position_s() == 0);
    CHECK(session->timings().windows == 0);
    CHECK(session->partial_text().empty());
  }
  check_unharmed();
}

TEST_CASE("session: audio of less than a frame is none, of a frame some") {
  for (size_t count : {1, 2, 159}) {
    const auto session = make_session(shared_engine());
    REQUIRE(session->push(noise(count), 16000).ok());
    test::run_to_end(*session);
    CHECK(session->segments().empty());
    CHECK(session->timings().windows == 0);
  }
  for (size_t count : {160, 161, 319, 400}) {
    const auto session = make_session(shared_engine());
    REQUIRE(session->push(noise(count), 16000).ok());
    test::run_to_end(*session);
    // It may be decoded in several, where timestamps say so.
    CHECK(session->timings().windows >= 1);
    CHECK(session->timings().windows <= int(count / 160));
  }
  // One sample at a low rate is many at 16 kHz.
  const auto session = make_session(shared_engine());
  REQUIRE(session->push(noise(20), 1000).ok());
  test::run_to_end(*session);
  CHECK(session->timings().windows >= 1);
}

TEST_CASE("session: samples that are no numbers are silence") {
  const float bad[] = {std::numeric_limits<float>::quiet_NaN(),
                       std::numeric_limits<float>::infinity(),
                       -std::numeric_limits<float>::infinity()};
  for (int rate_hz : {16000, 44100}) {
    std::vector<float> broken = noise(60000), silent = broken;
    test::Random random(5);
    for (int i = 0; i < 3000; ++i) {
      const int at = random.below(60000);
      broken[at] = bad[i % 3];
      silent[at] = 0;
    }
    CHECK(same_segments(transcribe(shared_engine(), broken, rate_hz),
                        transcribe(shared_engine(), silent, rate_hz)));
    // Nothing but.
    const std::vector<float> only(20000, bad[0]);
    CHECK(same_segments(transcribe(shared_engine(), only, rate_hz),
                        transcribe(shared_engine(), std::vector<float>(20000), rate_hz)));
  }
  check_unharmed();
}

TEST_CASE("session: samples of any size end in finite figures") {
  for (float size : {1e-40f, 1e-20f, 1.0f, 1e10f, 1e20f, 3e38f}) {
    std::vector<float> samples = noise(30000);
    for (float& x : samples) x *= size;
    for (const Segment& s : transcribe(shared_engine(), samples, 48000)) {
      CHECK(std::isfinite(s.avg_logprob));
      CHECK(std::isfinite(s.no_speech_prob));
    }
  }
  check_unharmed();
}

TEST_CASE("session: calls out of order are refused and change nothing") {
  const auto session = make_session(shared_engine());
  CHECK(session->wants_audio());
  // There is nothing to do yet.
  for (int i = 0; i < 3; ++i) CHECK(session->step(0).ok());
  CHECK(!session->done());
  CHECK(session->wants_audio());
  REQUIRE(session->push(noise(40000), 16000).ok());
  CHECK(session->step(0).ok());
  CHECK(!session->done());
  REQUIRE(session->finish().ok());
  CHECK(!session->wants_audio());

  CHECK(session->push(noise(10), 16000).code() == Code::kBadState);
  CHECK(session->push({}, 16000).code() == Code::kBadState);
  CHECK(session->push(noise(10), 44100).code() == Code::kBadState);
  CHECK(session->finish().code() == Code::kBadState);
  REQUIRE(session->step(0).ok());
  CHECK(session->done());
  CHECK(session->push(noise(10), 16000).code() == Code::kBadState);
  CHECK(session->finish().code() == Code::kBadState);
  // A step after the end does nothing.
  CHECK(session->step(0).ok());
  CHECK(same_segments(session->segments(), usual_segments()));
}

TEST_CASE("session: the rate stays, and must be one") {
  const auto session = make_session(shared_engine());
  for (int rate_hz : {INT_MIN, -16000, -1, 0, 1, 999, 768001, INT_MAX}) {
    const Status status = session->push(noise(100), rate_hz);
    CAPTURE(rate_hz);
    CHECK(status.code() == Code::kInvalidArgument);
    CHECK(!status.message().empty());
  }
  const std::vector<float> samples = noise(40000);
  const std::span<const float> all(samples);
  REQUIRE(session->push(all.first(20000), 16000).ok());
  for (int rate_hz : {15999, 48000, 0, -1}) {
    CHECK(session->push(all, rate_hz).code() == Code::kInvalidArgument);
  }
  // What was refused was not heard.
  REQUIRE(session->push(all.subspan(20000), 16000).ok());
  test::run_to_end(*session);
  CHECK(same_segments(session->segments(), usual_segments()));
}

TEST_CASE("session: given up in any phase, it leaves nothing to the next") {
  int steps = 0;
  {
    const auto session = make_session(shared_engine());
    REQUIRE(session->push(noise(50000, 7), 16000).ok());
    REQUIRE(session->finish().ok());
    for (; !session->done() && steps < kMostSteps; ++steps) {
      REQUIRE(session->step(kOneItem_ms).ok());
    }
    REQUIRE(session->done());
  }
  // The first items, the last ones (tokens), and some between.
  std::vector<int> stops = {0, 1, 2};
  for (int i = 1; i < 6; ++i) stops.push_back(i * steps / 6);
  for (int i = 7; i > 0; --i) stops.push_back(steps - i);
  for (int stop : stops) {
    const auto session = make_session(shared_engine());
    REQUIRE(session->push(noise(50000, 7), 16000).ok());
    REQUIRE(session->finish().ok());
    for (int i = 0; i < stop; ++i) REQUIRE(session->step(kOneItem_ms).ok());
    // Another one begins while it is there, and one after it is gone.
    if (stop % 2 == 0) check_unharmed();
  }
  check_unharmed();
}

TEST_CASE("session: several at once say what each says alone") {
  const std::vector<float> first = noise(40000, 11), second = noise(90000, 12);
  const auto alone_first = transcribe(shared_engine(), first);
  const auto alone_second = transcribe(shared_engine(), second, 44100);
  CHECK(!same_segments(alone_first, alone_second));

  const auto a = make_session(shared_engine()), b = make_session(shared_engine());
  REQUIRE(a->push(first, 16000).ok());
  REQUIRE(b->push(second, 44100).ok());
  REQUIRE(a->finish().ok());
  REQUIRE(b->finish().ok());
  for (int i = 0; i < kMostSteps && !(a->done() && b->done()); ++i) {
    REQUIRE(a->step(kOneItem_ms).ok());
    REQUIRE(b->step(kOneItem_ms).ok());
  }
  CHECK(same_segments(a->segments(), alone_first));
  CHECK(same_segments(b->segments(), alone_second));
}

TEST_CASE("session: a budget stops it after one item, and progress goes forward") {
  SessionOptions options;
  options.encoder_window = EncoderWindow::kFull;
  const std::vector<Segment> expected = transcribe(shared_engine(), noise(40000), 16000, options);
  const auto session = make_session(shared_engine(), options);
  REQUIRE(session->push(noise(40000), 16000).ok());
  REQUIRE(session->finish().ok());
  int steps = 0, windows = 0;
  double progress = 0, position_s = 0, longest_stride = 0;
  while (!session->done() && steps < kMostSteps) {
    REQUIRE(session->step(kOneItem_ms).ok());
    ++steps;
    const double now = session->window_progress();
    REQUIRE(now >= 0);
    REQUIRE(now <= 1);
    if (session->timings().windows == windows && session->position_s() == position_s && now > 0) {
      REQUIRE(now >= progress);
      longest_stride = std::max(longest_stride, now - progress);
    }
    progress = now;
    windows = session->timings().windows;
    REQUIRE(session->position_s() >= position_s);
    position_s = session->position_s();
    REQUIRE(is_valid_utf8(session->partial_text()));
  }
  REQUIRE(session->done());
  CHECK(same_segments(session->segments(), expected));
  CHECK(session->position_s() == doctest::Approx(2.5));
  // 1500 positions in blocks of 60: the convolutions (50 and 25), a layer's four parts, the cross
  // keys, and the tokens; nothing is a large share of it.
  CHECK(steps > 150 * windows);
  CHECK(longest_stride < 0.1);
}

TEST_CASE("session: pushed in pieces it says exactly what it says of the whole") {
  for (int rate_hz : {16000, 44100}) {
    const std::vector<float> samples = noise(size_t(rate_hz) * 40, 21);
    const std::vector<Segment> whole = transcribe(shared_engine(), samples, rate_hz);
    REQUIRE(!whole.empty());
    for (size_t most : {size_t{1000}, size_t{700000}}) {
      const auto session = make_session(shared_engine());
      test::Random random(most);
      std::span<const float> rest(samples);
      int steps = 0;
      while (!session->done() && ++steps < kMostSteps) {
        while (session->wants_audio() && !rest.empty()) {
          const size_t count = std::min<size_t>(rest.size(), 1 + random.below(int(most)));
          REQUIRE(session->push(rest.first(count), rate_hz).ok());
          rest = rest.subspan(count);
        }
        if (rest.empty() && session->wants_audio()) REQUIRE(session->finish().ok());
        REQUIRE(session->step(random.below(3) == 0 ? 0.2 : 0).ok());
      }
      REQUIRE(session->done());
      REQUIRE(rest.empty());
      CHECK(same_segments(session->segments(), whole));
      CHECK(session->timings().audio_ms == doctest::Approx(40000));
    }
  }
}

TEST_CASE("session: segments are numbered, in order, and final once they are there") {
  const std::vector<float> samples = noise(kLong_samples, 31);
  const auto session = make_session(shared_engine());
  REQUIRE(session->push(samples, 16000).ok());
  REQUIRE(session->finish().ok());
  std::vector<Segment> seen;
  for (int i = 0; i < kMostSteps && !session->done(); ++i) {
    REQUIRE(session->step(0.5).ok());
    const std::vector<Segment>& now = session->segments();
    REQUIRE(now.size() >= seen.size());
    REQUIRE(same_segments({now.begin(), now.begin() + ptrdiff_t(seen.size())}, seen));
    seen = now;
  }
  REQUIRE(session->done());
  REQUIRE(!seen.empty());
  double start_s = 0;
  for (size_t i = 0; i < seen.size(); ++i) {
    CHECK(seen[i].id == int(i));
    CHECK(seen[i].start_s >= start_s);
    CHECK(seen[i].end_s > seen[i].start_s);
    // A timestamp lies at most 30 s behind the beginning of its window.
    CHECK(seen[i].end_s <= 70.0 + 30.0);
    CHECK(is_valid_utf8(seen[i].text));
    CHECK(!seen[i].tokens.empty());
    start_s = seen[i].start_s;
  }
  CHECK(session->timings().windows >= 3);
}

TEST_CASE("session: without timestamps, every window is one segment") {
  SessionOptions options;
  options.timestamps = Timestamps::kNone;
  const auto segments = transcribe(shared_engine(), noise(kLong_samples, 41), 16000, options);
  REQUIRE(segments.size() == 3);
  CHECK(segments[0].end_s == doctest::Approx(30));
  CHECK(segments[1].start_s == doctest::Approx(30));
  CHECK(segments[2].end_s == doctest::Approx(70));
  const int timestamp_begin = shared_engine().tokenizer().special().timestamp_begin;
  for (const Segment& s : segments) {
    for (int token : s.tokens) CHECK(token < timestamp_begin);
  }
}

TEST_CASE("session: a window taken for silence is left out, and time goes on") {
  SessionOptions options;
  options.no_speech_threshold = 0;
  options.log_prob_threshold = 0;
  const std::vector<Segment> expected = transcribe(shared_engine(), noise(40000), 16000, options);
  const auto session = make_session(shared_engine(), options);
  REQUIRE(session->push(noise(kLong_samples, 51), 16000).ok());
  test::run_to_end(*session);
  CHECK(session->segments().empty());
  CHECK(session->timings().windows == 3);
  CHECK(session->position_s() == doctest::Approx(70));
}

TEST_CASE("session: times, counts and a trace of what was done") {
  SessionOptions options;
  options.trace = true;
  const std::vector<Segment> expected = transcribe(shared_engine(), noise(40000), 16000, options);
  const auto session = make_session(shared_engine(), options);
  REQUIRE(session->push(noise(40000), 16000).ok());
  test::run_to_end(*session);
  const Timings t = session->timings();
  CHECK(t.encode_ms > 0);
  CHECK(t.decode_ms > 0);
  CHECK(t.total_ms >= t.encode_ms + t.decode_ms);
  CHECK(t.audio_ms == doctest::Approx(2500));
  CHECK(t.windows >= 1);
  CHECK(t.tokens >= 1);
  CHECK(t.peak_heap_bytes > 0);
  for (const char* stage : {"\"load\"", "\"mel\"", "encode: conv 1", "decode: token"}) {
    CHECK(session->trace_json().find(stage) != std::string::npos);
  }
  const auto plain = make_session(shared_engine());
  CHECK(plain->trace_json() == "{}");
}
