#include "engine.h"

#include <cmath>
#include <cstring>
#include <limits>

#include "unit/engine/engine_fixture.h"

using namespace sotto;
using test::make_engine;
using test::whisper_shape;

namespace {

// One second of each window is enough to go through every part.
const std::vector<float>& second_of_noise() {
  static const std::vector<float> samples = test::noise(16000);
  return samples;
}

SessionOptions few_tokens() {
  SessionOptions options;
  options.max_new_tokens = 12;
  return options;
}

void check_refused(Engine& engine, const SessionOptions& options, const std::string& name) {
  const auto session = engine.new_session(options);
  CAPTURE(name);
  REQUIRE(!session.ok());
  CHECK(session.status().code() == Code::kInvalidArgument);
  CHECK(session.status().message().find(name) != std::string::npos);
  CHECK(session.status().message().find("expected") != std::string::npos);
}

}  // namespace

TEST_CASE("engine: every vocabulary, mel and precision loads and runs") {
  struct Shape {
    int n_vocab, n_mels, audio_layers, text_layers;
    bool multilingual;
  };
  // English-only, multilingual, large-v3, and turbo's fewer decoder layers.
  for (const Shape& s : {Shape{51864, 80, 1, 1, false}, Shape{51865, 80, 2, 2, true},
                         Shape{51866, 128, 2, 2, true}, Shape{51866, 128, 3, 1, true}}) {
    for (Precision precision : {Precision::kQ8, Precision::kF32}) {
      Hyperparameters hp = whisper_shape(s.n_vocab, s.n_mels);
      hp.n_audio_layer = s.audio_layers;
      hp.n_text_layer = s.text_layers;
      const auto engine = make_engine(hp, precision);
      CHECK(engine->info().hp.n_vocab == s.n_vocab);
      CHECK(engine->info().hp.n_mels == s.n_mels);
      CHECK(engine->info().multilingual == s.multilingual);
      CHECK(engine->info().precision == precision);
      CHECK(engine->info().weights_bytes > 0);
      const auto session = test::make_session(*engine, few_tokens());
      REQUIRE(session->push(second_of_noise(), 16000).ok());
      test::run_to_end(*session);
      CHECK(session->timings().tokens > 0);
      CHECK(session->timings().tokens <= 12 * session->timings().windows);
      if (!s.multilingual) CHECK(session->language() == "en");
    }
  }
}

TEST_CASE("engine: f32 and int8 of one model agree on what it hears") {
  const auto f32 = make_engine(whisper_shape(), Precision::kF32);
  const auto q8 = make_engine(whisper_shape(), Precision::kQ8);
  CHECK(f32->info().weights_bytes > 2 * q8->info().weights_bytes);
  SessionOptions options;
  options.max_new_tokens = 1;
  options.timestamps = Timestamps::kNone;
  const auto a = test::transcribe(*f32, second_of_noise(), 16000, options);
  const auto b = test::transcribe(*q8, second_of_noise(), 16000, options);
  REQUIRE(a.size() == 1);
  REQUIRE(b.size() == 1);
  CHECK(std::fabs(a[0].avg_logprob - b[0].avg_logprob) < 0.2f);
}

TEST_CASE("engine: languages and tasks that the model knows") {
  const auto english = make_engine(whisper_shape(51864));
  const auto multilingual = make_engine(whisper_shape(51865));
  const auto large_v3 = make_engine(whisper_shape(51866, 128));
  SessionOptions options;
  for (const char* unknown : {"", "xx", "klingon", "e", "en ", "auto "}) {
    options.language = unknown;
    for (Engine* engine : {english.get(), multilingual.get(), large_v3.get()}) {
      check_refused(*engine, options, "language");
    }
  }
  options.language = "de";
  check_refused(*english, options, "language");
  CHECK(test::make_session(*multilingual, options)->language() == "de");
  options.language = "german";
  CHECK(test::make_session(*multilingual, options)->language() == "de");
  // Cantonese came with large-v3.
  options.language = "yue";
  check_refused(*english, options, "language");
  check_refused(*multilingual, options, "language");
  CHECK(test::make_session(*large_v3, options)->language() == "yue");

  options.language = "en";
  options.task = Task::kTranslate;
  check_refused(*english, options, "task");
  test::make_session(*multilingual, options);
}

TEST_CASE("engine: options out of range are refused by name, and the engine goes on") {
  const auto engine = make_engine(test::quick_shape());
  const std::vector<Segment> before = test::transcribe(*engine, second_of_noise());
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float inf = std::numeric_limits<float>::infinity();
  for (float bad : {-0.1f, 30.1f, nan, inf, -inf}) {
    SessionOptions options;
    options.max_initial_timestamp_s = bad;
    check_refused(*engine, options, "max_initial_timestamp_s");
  }
  for (float bad : {-0.1f, 1.1f, nan, inf, -inf}) {
    SessionOptions options;
    options.no_speech_threshold = bad;
    check_refused(*engine, options, "no_speech_threshold");
  }
  for (float bad : {0.1f, nan, inf, -inf}) {
    SessionOptions options;
    options.log_prob_threshold = bad;
    check_refused(*engine, options, "log_prob_threshold");
  }
  for (int bad : {-1, std::numeric_limits<int>::min(), 17, std::numeric_limits<int>::max()}) {
    SessionOptions options;
    options.max_new_tokens = bad;
    check_refused(*engine, options, "max_new_tokens");
  }
  CHECK(test::same_segments(test::transcribe(*engine, second_of_noise()), before));
}

TEST_CASE("engine: no more tokens than asked for") {
  const auto engine = make_engine(test::quick_shape());
  for (int most : {1, 2, 5, 16}) {
    SessionOptions options;
    options.max_new_tokens = most;
    const auto session = test::make_session(*engine, options);
    REQUIRE(session->push(second_of_noise(), 16000).ok());
    test::run_to_end(*session);
    CHECK(session->timings().tokens <= most * session->timings().windows);
    for (const Segment& s : session->segments()) CHECK(s.tokens.size() <= size_t(most));
  }
}

TEST_CASE("engine: prompts of any length, in contexts of any length") {
  std::string prompt;
  // Nothing, a word, as much as fits, far more, and bytes that are no UTF-8.
  for (size_t length : {0, 4, 300, 20000}) {
    prompt.assign(length, 'a');
    if (length == 4) prompt = "\xff\xfe\x80";
    for (int n_text_ctx : {1, 2, 3, 5, 16, 448}) {
      Hyperparameters hp = test::quick_shape();
      hp.n_text_ctx = n_text_ctx;
      const auto engine = make_engine(hp);
      SessionOptions options;
      options.initial_prompt = prompt;
      options.max_new_tokens = 1;
      const auto session = test::make_session(*engine, options);
      REQUIRE(session->push(second_of_noise(), 16000).ok());
      test::run_to_end(*session);
      // Half the context is kept for what is heard, so that there is room for a token.
      if (n_text_ctx >= 5) CHECK(session->timings().tokens >= 1);
    }
  }
}

TEST_CASE("engine: a prompt changes what is heard") {
  Hyperparameters hp = test::quick_shape();
  hp.n_text_ctx = 64;
  const auto engine = make_engine(hp);
  SessionOptions with;
  with.initial_prompt = "abc";
  SessionOptions other;
  other.initial_prompt = "xyz";
  const auto none = test::transcribe(*engine, second_of_noise());
  const auto first = test::transcribe(*engine, second_of_noise(), 16000, with);
  CHECK(!test::same_segments(none, first));
  CHECK(!test::same_segments(first, test::transcribe(*engine, second_of_noise(), 16000, other)));
  CHECK(test::same_segments(first, test::transcribe(*engine, second_of_noise(), 16000, with)));
}

TEST_CASE("engine: models that end early or are none are refused, the next one loads") {
  test::ModelRecipe recipe;
  recipe.hp = test::quick_shape();
  const std::vector<uint8_t> whole = test::make_sotto(recipe);
  for (size_t size : {size_t{0}, size_t{3}, size_t{100}, whole.size() / 2, whole.size() - 1}) {
    const std::span<const uint8_t> part(whole.data(), size);
    MemorySource source(part);
    const auto engine = Engine::load(source, {});
    CAPTURE(size);
    REQUIRE(!engine.ok());
    CHECK(!engine.status().message().empty());
  }
  std::vector<uint8_t> rubbish(whole.size(), 0x5a);
  MemorySource none(rubbish);
  CHECK(!Engine::load(none, {}).ok());
  MemorySource source(whole);
  CHECK(Engine::load(source, {}).ok());
}

TEST_CASE("engine: loading tells how far it is and can be cancelled") {
  test::ModelRecipe recipe;
  recipe.hp = test::quick_shape();
  const std::vector<uint8_t> bytes = test::make_sotto(recipe);
  MemorySource source(bytes);
  double last = 0;
  bool forward = true;
  EngineOptions options;
  options.on_progress = [&](double fraction) {
    forward = forward && fraction >= last && fraction <= 1;
    last = fraction;
    return true;
  };
  REQUIRE(Engine::load(source, options).ok());
  CHECK(forward);
  CHECK(last > 0.99);

  int calls = 0;
  options.on_progress = [&](double) { return ++calls < 3; };
  const auto cancelled = Engine::load(source, options);
  REQUIRE(!cancelled.ok());
  CHECK(cancelled.status().code() == Code::kCancelled);
  CHECK(calls == 3);
}

TEST_CASE("engine: weights that are no numbers end the text, not the engine") {
  test::ModelRecipe recipe;
  recipe.hp = test::quick_shape();
  // A short window, because there are many models.
  recipe.hp.n_audio_ctx = 100;
  // ggml files have no checksums: such weights do arrive.
  const std::vector<uint8_t> whole = test::make_ggml(recipe);
  MemorySource intact(whole);
  const auto file = open_model(intact);
  REQUIRE(file.ok());
  const float bad[] = {std::numeric_limits<float>::quiet_NaN(),
                       std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::max()};
  int i = 0;
  for (const TensorEntry& tensor : file->tensors) {
    // One number in the middle of each tensor, in turn.
    std::vector<uint8_t> bytes = whole;
    const uint64_t at = tensor.offset_bytes + tensor.size_bytes / 8 * 4;
    REQUIRE(tensor.dtype == DType::kF32);
    std::memcpy(bytes.data() + at, &bad[i % 3], sizeof(float));
    CAPTURE(tensor.name);
    MemorySource source(bytes);
    EngineOptions options;
    options.precision = i++ % 2 == 0 ? Precision::kQ8 : Precision::kF32;
    const auto engine = Engine::load(source, options);
    REQUIRE(engine.ok());
    const auto session = test::make_session(*engine.value());
    REQUIRE(session->push(second_of_noise(), 16000).ok());
    test::run_to_end(*session);
    CHECK(session->timings().windows >= 1);
    for (const Segment& s : session->segments()) CHECK(std::isfinite(s.avg_logprob));
  }
  CHECK(i > 40);
}
