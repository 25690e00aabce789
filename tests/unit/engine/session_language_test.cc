// Detection of the language in sessions with random models, which are never sure of one.
#include <algorithm>
#include <string>
#include <vector>

#include "text/languages.h"
#include "unit/engine/engine_fixture.h"

using namespace sotto;
using test::noise;
using test::same_segments;

namespace {

Engine& multilingual() {
  static const std::unique_ptr<Engine> engine = test::make_engine(test::whisper_shape(51865));
  return *engine;
}

SessionOptions few_tokens() {
  SessionOptions options;
  options.max_new_tokens = 4;
  options.temperatures = {0.0f};
  return options;
}

std::unique_ptr<Session> heard(Engine& engine, const SessionOptions& options, size_t n_samples) {
  auto session = test::make_session(engine, options);
  REQUIRE(session->push(noise(n_samples, 3), 16000).ok());
  test::run_to_end(*session);
  return session;
}

}  // namespace

TEST_CASE("session language: detected by default, and then as if it had been given") {
  for (int n_vocab : {51865, 51866}) {
    const auto engine =
        test::make_engine(test::whisper_shape(n_vocab, n_vocab == 51866 ? 128 : 80));
    const auto session = heard(*engine, few_tokens(), 16000 * 3);
    const auto& all = session->language_probabilities();
    REQUIRE(all.size() == (n_vocab == 51866 ? 100 : 99));
    CHECK(session->language() == all[0].code);
    CHECK(session->language_probability() == all[0].probability);
    CHECK(session->timings().windows == 1);
    float sum = 0;
    for (const LanguageProbability& one : all) {
      sum += one.probability;
      CHECK(find_language(one.code) >= 0);
    }
    CHECK(sum == doctest::Approx(1.0f));

    SessionOptions given = few_tokens();
    given.language = session->language();
    const auto same = heard(*engine, given, 16000 * 3);
    CHECK(same_segments(same->segments(), session->segments()));
    CHECK(same->language_probability() == 1.0f);
    CHECK(same->language_probabilities().empty());
  }
}

TEST_CASE("session language: not known before it is heard, nor of no audio") {
  const auto session = test::make_session(multilingual(), few_tokens());
  CHECK(session->language() == "");
  CHECK(session->language_probability() == 0.0f);
  test::run_to_end(*session);
  CHECK(session->language() == "");
  CHECK(session->segments().empty());
}

TEST_CASE("session language: models for English need not listen") {
  const auto engine = test::make_engine(test::quick_shape());
  const auto session = test::make_session(*engine, few_tokens());
  CHECK(session->language() == "en");
  CHECK(session->language_probability() == 1.0f);
}

TEST_CASE("session language: several windows are heard, then the audio from its beginning") {
  SessionOptions options = few_tokens();
  options.language_detection_threshold = 1.0f;
  options.language_detection_segments = 3;
  const auto session = heard(multilingual(), options, 16000 * 70);
  REQUIRE(session->language_probabilities().size() == 99);
  SessionOptions given = few_tokens();
  given.language = session->language();
  const auto same = heard(multilingual(), given, 16000 * 70);
  CHECK(same_segments(same->segments(), session->segments()));
  CHECK(same->timings().windows == session->timings().windows);
  CHECK(same->position_s() == session->position_s());

  // Of audio that is shorter than that, all of it; the windows of 30 s end at 60 s.
  options.language_detection_segments = 180;
  const auto all = heard(multilingual(), options, 16000 * 60);
  CHECK(all->language() != "");
  CHECK(all->done());
  // One window is enough where it is sure.
  options.language_detection_threshold = 0.0f;
  const auto sure = heard(multilingual(), options, 16000 * 70);
  options.language_detection_segments = 1;
  const auto one = heard(multilingual(), options, 16000 * 70);
  CHECK(sure->language_probability() == one->language_probability());
  CHECK(same_segments(sure->segments(), one->segments()));
}

TEST_CASE("session language: several windows of audio that comes in pieces") {
  SessionOptions options = few_tokens();
  options.language_detection_threshold = 1.0f;
  options.language_detection_segments = 2;
  const std::vector<float> samples = noise(16000 * 70, 3);
  const auto whole = heard(multilingual(), options, samples.size());
  const auto session = test::make_session(multilingual(), options);
  size_t pushed = 0;
  while (!session->done()) {
    if (session->wants_audio()) {
      const size_t count = std::min<size_t>(5000, samples.size() - pushed);
      if (count == 0) {
        REQUIRE(session->finish().ok());
      } else {
        REQUIRE(session->push(std::span(samples).subspan(pushed, count), 16000).ok());
      }
      pushed += count;
    }
    REQUIRE(session->step(20).ok());
  }
  CHECK(session->language() == whole->language());
  CHECK(same_segments(session->segments(), whole->segments()));
}

TEST_CASE("session language: out of range is refused by name") {
  SessionOptions options;
  options.language_detection_threshold = 1.5f;
  auto refused = multilingual().new_session(options);
  REQUIRE(!refused.ok());
  CHECK(refused.status().message().find("language_detection_threshold") != std::string::npos);
  options = {};
  options.language_detection_segments = 0;
  refused = multilingual().new_session(options);
  REQUIRE(!refused.ok());
  CHECK(refused.status().message().find("language_detection_segments") != std::string::npos);
}

TEST_CASE("session language: progress goes forward while it is detected") {
  const auto session = test::make_session(multilingual(), few_tokens());
  REQUIRE(session->push(noise(16000 * 3, 3), 16000).ok());
  REQUIRE(session->finish().ok());
  double progress = 0, position_s = 0;
  int slices = 0;
  while (session->segments().empty() && !session->done()) {
    REQUIRE(session->step(1e-6).ok());
    REQUIRE(++slices < 10'000);
    if (session->position_s() == position_s && !session->done()) {
      CHECK(session->window_progress() >= progress);
      progress = session->window_progress();
    } else {
      position_s = session->position_s();
      progress = 0;
    }
  }
  CHECK(slices > 10);
}
