// Times of words in sessions with random models.
#include <algorithm>
#include <cmath>
#include <string>

#include "unit/engine/engine_fixture.h"

using namespace sotto;
using test::noise;
using test::same_segments;
using test::transcribe;

namespace {

SessionOptions with_words() {
  SessionOptions options;
  options.timestamps = Timestamps::kWord;
  // Random models are never sure of anything.
  options.temperatures = {0.0f};
  options.language = "ja";
  return options;
}

// Where every character is a word, and with a context that holds some.
Engine& word_engine(Precision precision) {
  const auto make = [](Precision p) {
    Hyperparameters hp = test::whisper_shape(51865);
    hp.n_text_ctx = 64;
    return test::make_engine(hp, p);
  };
  static const std::unique_ptr<Engine> q8 = make(Precision::kQ8);
  static const std::unique_ptr<Engine> f32 = make(Precision::kF32);
  return precision == Precision::kQ8 ? *q8 : *f32;
}

void check_words(const std::vector<Segment>& segments, double audio_s) {
  REQUIRE(!segments.empty());
  for (const Segment& segment : segments) {
    REQUIRE(!segment.words.empty());
    std::string text;
    for (const Word& word : segment.words) {
      text += word.word;
      CHECK(!word.word.empty());
      CHECK(word.start_s >= 0);
      CHECK(word.start_s <= word.end_s + 1e-9);
      CHECK(word.end_s <= audio_s + 1e-9);
      CHECK(word.probability >= 0);
      CHECK(word.probability <= 1);
    }
    CHECK(text == segment.text);
  }
}

}  // namespace

TEST_CASE("session words: every segment has its text as words, within the audio") {
  const std::vector<float> samples = noise(16000 * 45, 31);
  for (Precision precision : {Precision::kQ8, Precision::kF32}) {
    for (EncoderWindow window : {EncoderWindow::kAuto, EncoderWindow::kFull}) {
      SessionOptions options = with_words();
      options.encoder_window = window;
      check_words(transcribe(word_engine(precision), samples, 16000, options), 45);
    }
  }
}

TEST_CASE("session words: none where they are not asked for") {
  const std::vector<float> samples = noise(16000 * 9, 32);
  SessionOptions options = with_words();
  const auto with = transcribe(word_engine(Precision::kQ8), samples, 16000, options);
  options.timestamps = Timestamps::kSegment;
  const auto without = transcribe(word_engine(Precision::kQ8), samples, 16000, options);
  REQUIRE(!without.empty());
  REQUIRE(!with.empty());
  CHECK(!with[0].words.empty());
  for (const Segment& segment : without) CHECK(segment.words.empty());
}

TEST_CASE("session words: in slices the same, and a trace tells of them") {
  const std::vector<float> samples = noise(16000 * 20, 33);
  SessionOptions options = with_words();
  Engine& engine = word_engine(Precision::kQ8);
  const auto whole = transcribe(engine, samples, 16000, options);
  options.trace = true;
  const auto session = test::make_session(engine, options);
  REQUIRE(session->push(samples, 16000).ok());
  REQUIRE(session->finish().ok());
  int slices = 0;
  while (!session->done()) {
    REQUIRE(session->step(1e-6).ok());
    CHECK(session->window_progress() <= 1);
    REQUIRE(++slices < 100'000);
  }
  CHECK(same_segments(session->segments(), whole));
  REQUIRE(session->segments().size() == whole.size());
  for (size_t i = 0; i < whole.size(); ++i) {
    REQUIRE(session->segments()[i].words.size() == whole[i].words.size());
    for (size_t j = 0; j < whole[i].words.size(); ++j) {
      CHECK(session->segments()[i].words[j].start_s == whole[i].words[j].start_s);
      CHECK(session->segments()[i].words[j].probability == whole[i].words[j].probability);
    }
  }
  CHECK(session->trace_json().find("words: time warp") != std::string::npos);
}

TEST_CASE("session words: a session that is left within them leaves the engine whole") {
  const std::vector<float> samples = noise(16000 * 20, 34);
  Engine& engine = word_engine(Precision::kQ8);
  const SessionOptions plain;
  const auto before = transcribe(engine, samples, 16000, plain);
  SessionOptions options = with_words();
  options.trace = true;
  {
    const auto session = test::make_session(engine, options);
    REQUIRE(session->push(samples, 16000).ok());
    REQUIRE(session->finish().ok());
    while (session->trace_json().find("words: attention") == std::string::npos) {
      REQUIRE(!session->done());
      REQUIRE(session->step(1e-6).ok());
    }
    CHECK(session->segments().empty());
    CHECK(!session->partial_text().empty());
  }
  CHECK(same_segments(transcribe(engine, samples, 16000, plain), before));
}

TEST_CASE("session words: punctuation joins words as the options say") {
  const std::vector<float> samples = noise(16000 * 45, 35);
  SessionOptions options = with_words();
  const auto count = [&] {
    size_t words = 0;
    for (const Segment& s : transcribe(word_engine(Precision::kQ8), samples, 16000, options)) {
      words += s.words.size();
    }
    return words;
  };
  options.append_punctuations = options.prepend_punctuations = "";
  const size_t apart = count();
  // Every text with a part of this is one word.
  for (const Segment& s : transcribe(word_engine(Precision::kQ8), samples, 16000, options)) {
    for (const Word& word : s.words) options.append_punctuations += word.word;
  }
  CHECK(count() < apart);
}

TEST_CASE("session words: a threshold of silence gives up improbable segments, and ends") {
  const std::vector<float> samples = noise(16000 * 70, 36);
  SessionOptions options = with_words();
  const auto kept = transcribe(word_engine(Precision::kQ8), samples, 16000, options);
  // What random models say is improbable, word by word.
  options.hallucination_silence_threshold = 0.0f;
  const auto rest = transcribe(word_engine(Precision::kQ8), samples, 16000, options);
  CHECK(rest.size() < kept.size());
  // Longer silence than there is changes no segment.
  options.hallucination_silence_threshold = 100.0f;
  for (const Segment& segment : transcribe(word_engine(Precision::kQ8), samples, 16000, options)) {
    CHECK(!segment.words.empty());
  }
}

TEST_CASE("session words: what needs them is refused without them") {
  SessionOptions options;
  options.hallucination_silence_threshold = 2.0f;
  auto refused = word_engine(Precision::kQ8).new_session(options);
  REQUIRE(!refused.ok());
  CHECK(refused.status().code() == Code::kInvalidArgument);
  CHECK(refused.status().message().find("hallucination_silence_threshold") != std::string::npos);
  options = with_words();
  options.hallucination_silence_threshold = -1.0f;
  refused = word_engine(Precision::kQ8).new_session(options);
  CHECK(!refused.ok());
}
