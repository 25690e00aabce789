// Live text by small random models: what they say means nothing, how it comes does.
#include "engine/live_session.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "unit/engine/engine_fixture.h"
#include "unit/vad/silero_fixture.h"

using namespace sotto;

namespace {

// Less is not yet looked at.
constexpr double kFrame_ms = 32;

// Room for a text of several words.
Hyperparameters live_shape(int n_vocab = 1864) {
  Hyperparameters hp = test::whisper_shape(n_vocab);
  hp.n_text_ctx = 64;
  return hp;
}

Engine& shared_engine() {
  static const std::unique_ptr<Engine> engine = test::make_engine(live_shape());
  return *engine;
}

std::unique_ptr<LiveSession> make_live(Engine& engine, const LiveOptions& options = {}) {
  auto session = engine.new_live_session(options);
  REQUIRE_MESSAGE(session.ok(), session.status().message());
  return std::move(session.value());
}

std::vector<float> sound(double seconds, float loudness, uint64_t seed = 1) {
  test::Random random(seed);
  return random.floats(static_cast<size_t>(seconds * 16000), -loudness, loudness);
}

// What a session said while audio came in pieces of 100 ms.
struct Said {
  std::string confirmed, tentative;
  std::vector<Word> words;
  int passes = 0;
  int utterances = 0;
  double lag_ms = 0;

  void add(const LiveUpdate& update) {
    confirmed += update.confirmed;
    tentative = update.tentative;
    words.insert(words.end(), update.words.begin(), update.words.end());
    passes += update.ran ? 1 : 0;
    utterances += update.utterance_ended ? 1 : 0;
    lag_ms = update.lag_ms;
  }
};

void hear(LiveSession& session, const std::vector<float>& samples, Said& said, double& clock_ms,
          int rate_hz = 16000) {
  const size_t block = static_cast<size_t>(rate_hz) / 10;
  for (size_t i = 0; i < samples.size(); i += block) {
    const size_t count = std::min(block, samples.size() - i);
    REQUIRE(session.push(std::span(samples).subspan(i, count), rate_hz).ok());
    clock_ms += 100;
    const Status status = session.step(clock_ms);
    REQUIRE_MESSAGE(status.ok(), status.message());
    said.add(session.update());
  }
}

void end(LiveSession& session, Said& said, double clock_ms) {
  const Status status = session.finish(clock_ms);
  REQUIRE_MESSAGE(status.ok(), status.message());
  said.add(session.update());
}

}  // namespace

TEST_CASE("live: all that was said is confirmed at the end, in the order of its words") {
  const std::unique_ptr<LiveSession> session = make_live(shared_engine());
  Said said;
  double clock_ms = 0;
  hear(*session, sound(1, 0.0001f), said, clock_ms);
  CHECK(said.passes == 0);
  CHECK(said.lag_ms < kFrame_ms);
  hear(*session, sound(3, 0.3f), said, clock_ms);
  CHECK(said.passes >= 4);
  CHECK(said.passes <= 9);
  end(*session, said, clock_ms);
  CHECK(said.tentative.empty());
  CHECK(said.utterances == 1);
  REQUIRE(!said.words.empty());
  std::string spelled;
  double last_s = 0;
  for (const Word& word : said.words) {
    spelled += word.word;
    CHECK(word.start_s >= last_s - 0.05);
    CHECK(word.end_s >= word.start_s);
    last_s = word.end_s;
  }
  CHECK(spelled == said.confirmed);
  CHECK(said.words.front().start_s >= 0.6);
  CHECK(last_s <= 4.1);
  CHECK(session->audio_s() == doctest::Approx(4));
  CHECK(session->timings().windows == said.passes);
}

TEST_CASE("live: a pause confirms, a longer one ends the utterance") {
  const std::unique_ptr<LiveSession> session = make_live(shared_engine());
  Said said;
  double clock_ms = 0;
  hear(*session, sound(0.5, 0.0001f), said, clock_ms);
  for (int i = 1; i <= 2; ++i) {
    hear(*session, sound(1.5, 0.3f, uint64_t(i)), said, clock_ms);
    CHECK(said.utterances == i - 1);
    hear(*session, sound(1.2, 0.0001f), said, clock_ms);
    CHECK(said.utterances == i);
    CHECK(said.tentative.empty());
    CHECK(said.lag_ms < kFrame_ms);
  }
  const int passes = said.passes;
  end(*session, said, clock_ms);
  CHECK(said.passes == passes);
  CHECK(said.utterances == 2);
}

TEST_CASE("live: a minute costs what the one before it did") {
  const std::unique_ptr<LiveSession> session = make_live(shared_engine());
  double clock_ms = 0;
  int passes[3] = {}, tokens[3] = {};
  uint64_t heap_bytes[3] = {};
  Said quiet;
  hear(*session, sound(0.5, 0.0001f), quiet, clock_ms);
  for (int minute = 0; minute < 3; ++minute) {
    Said said;
    const Timings before = session->timings();
    for (int i = 0; i < 10; ++i) {
      hear(*session, sound(5, 0.3f, uint64_t(i + 1)), said, clock_ms);
      hear(*session, sound(1, 0.0001f), said, clock_ms);
    }
    CHECK(said.utterances == 10);
    passes[minute] = said.passes;
    tokens[minute] = session->timings().tokens - before.tokens;
    heap_bytes[minute] = session->timings().peak_heap_bytes;
  }
  CHECK(passes[2] == doctest::Approx(passes[1]).epsilon(0.1));
  CHECK(tokens[2] == doctest::Approx(tokens[1]).epsilon(0.1));
#if !defined(__SANITIZE_ADDRESS__)  // which keeps what was freed
  CHECK(heap_bytes[2] - heap_bytes[1] < 2 << 20);
#endif
}

TEST_CASE("live: the sample rate of the microphone makes no great difference") {
  const std::unique_ptr<LiveSession> session = make_live(shared_engine());
  Said said;
  double clock_ms = 0;
  std::vector<float> samples(48000, 0.0f);
  for (size_t i = 24000; i < samples.size(); ++i) samples[i] = i % 100 < 50 ? 0.3f : -0.3f;
  hear(*session, samples, said, clock_ms, 48000);
  CHECK(session->audio_s() == doctest::Approx(1).epsilon(0.01));
  CHECK(said.passes >= 1);
  CHECK(session->push(samples, 16000).code() == Code::kInvalidArgument);
}

TEST_CASE("live: no audio at all, and calls behind the end") {
  const std::unique_ptr<LiveSession> session = make_live(shared_engine());
  Said said;
  end(*session, said, 0);
  CHECK(said.confirmed.empty());
  CHECK(said.utterances == 0);
  CHECK(said.passes == 0);
  CHECK(session->push(std::vector<float>(10), 16000).code() == Code::kBadState);
  CHECK(session->finish(0).code() == Code::kBadState);
  CHECK(session->step(10).ok());
}

TEST_CASE("live: Silero's voice is heard where it was loaded") {
  const std::unique_ptr<Engine> engine = test::make_engine(live_shape());
  const std::vector<uint8_t> bytes = test::silero_bytes(test::loudness_tensors());
  MemorySource source(bytes);
  REQUIRE(engine->load_vad(source).ok());
  // What stands out of silence, but is no voice to that network.
  const std::vector<float> faint = sound(2, 0.02f);
  for (const bool vad : {true, false}) {
    LiveOptions options;
    options.vad = vad;
    const std::unique_ptr<LiveSession> session = make_live(*engine, options);
    Said said;
    double clock_ms = 0;
    hear(*session, sound(0.5, 0), said, clock_ms);
    hear(*session, faint, said, clock_ms);
    CHECK((said.passes > 0) == !vad);
    hear(*session, sound(1, 0.9f), said, clock_ms);
    CHECK(said.passes > 0);
  }
}

TEST_CASE("live: several texts are followed where words are improbable, and not elsewhere") {
  const auto said_with = [](int beam_size, float unsure_probability) {
    LiveOptions options;
    options.text.beam_size = beam_size;
    options.stream.unsure_probability = unsure_probability;
    const std::unique_ptr<LiveSession> session = make_live(shared_engine(), options);
    Said said;
    double clock_ms = 0;
    hear(*session, sound(1, 0.0001f), said, clock_ms);
    hear(*session, sound(3, 0.3f), said, clock_ms);
    end(*session, said, clock_ms);
    CHECK(!said.confirmed.empty());
    return said.confirmed;
  };
  // Texts of random weights are all improbable.
  CHECK(said_with(5, 1) != said_with(1, 1));
  CHECK(said_with(5, 0) == said_with(1, 0));
}

TEST_CASE("live: the language is detected where it is not given") {
  const std::unique_ptr<Engine> engine = test::make_engine(live_shape(51865));
  LiveOptions options;
  std::unique_ptr<LiveSession> session = make_live(*engine, options);
  CHECK(session->language().empty());
  Said said;
  double clock_ms = 0;
  hear(*session, sound(0.5, 0.0001f), said, clock_ms);
  hear(*session, sound(1.5, 0.3f), said, clock_ms);
  CHECK(!session->language().empty());
  options.text.language = "fr";
  options.text.task = Task::kTranslate;
  session.reset();
  CHECK(make_live(*engine, options)->language() == "fr");
}

TEST_CASE("live: options that make no sense are named") {
  LiveOptions options;
  options.stream.step_ms = 1;
  CHECK(shared_engine().new_live_session(options).status().message().starts_with("step_ms"));
  options = {};
  options.text.language = "xx";
  CHECK(shared_engine().new_live_session(options).status().message().starts_with("language"));
  options = {};
  options.text.task = Task::kTranslate;
  CHECK(shared_engine().new_live_session(options).status().message().starts_with("task"));
  options = {};
  options.text.fold.stride = 0;
  CHECK(!shared_engine().new_live_session(options).ok());
}
