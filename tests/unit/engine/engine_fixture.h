// Engines with small random models, and whole transcriptions by them.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <vector>

#include "engine.h"
#include "unit/io/model_fixtures.h"
#include "unit/support/random.h"

namespace sotto::test {

// Whisper's contexts and vocabularies around the smallest widths: 51864 tokens are English-only,
// 51865 multilingual, 51866 what large-v3 has, with 128 mel bins.
inline Hyperparameters whisper_shape(int n_vocab = 51864, int n_mels = 80) {
  Hyperparameters hp = small_shape();
  hp.n_mels = n_mels;
  hp.n_vocab = n_vocab;
  hp.n_audio_ctx = 1500;
  hp.n_text_ctx = 448;
  return hp;
}

// Quick to run: a small vocabulary and text context, otherwise as above.
inline Hyperparameters quick_shape() {
  Hyperparameters hp = whisper_shape(1864);
  hp.n_text_ctx = 16;
  return hp;
}

inline std::unique_ptr<Engine> make_engine(const Hyperparameters& hp,
                                           Precision precision = Precision::kQ8) {
  ModelRecipe recipe;
  recipe.hp = hp;
  const std::vector<uint8_t> bytes = make_sotto(recipe, DType::kF32);
  MemorySource source(bytes);
  EngineOptions options;
  options.precision = precision;
  auto engine = Engine::load(source, options);
  REQUIRE_MESSAGE(engine.ok(), engine.status().message());
  return std::move(engine.value());
}

inline std::unique_ptr<Session> make_session(Engine& engine, const SessionOptions& options = {}) {
  auto session = engine.new_session(options);
  REQUIRE_MESSAGE(session.ok(), session.status().message());
  return std::move(session.value());
}

// Noise that swells and fades, so that windows differ.
inline std::vector<float> noise(size_t count, uint64_t seed = 1) {
  Random random(seed);
  std::vector<float> samples(count);
  for (size_t i = 0; i < count; ++i) {
    samples[i] = random.uniform(-0.5f, 0.5f) * static_cast<float>(i % 7919) / 7919.0f;
  }
  return samples;
}

// Steps to the end, without a budget.
inline void run_to_end(Session& session) {
  REQUIRE(session.finish().ok());
  const Status status = session.step(0);
  REQUIRE_MESSAGE(status.ok(), status.message());
  REQUIRE(session.done());
}

inline std::vector<Segment> transcribe(Engine& engine, const std::vector<float>& samples,
                                       int rate_hz = 16000, const SessionOptions& options = {}) {
  const std::unique_ptr<Session> session = make_session(engine, options);
  REQUIRE(session->push(samples, rate_hz).ok());
  run_to_end(*session);
  return session->segments();
}

// Equal in everything, to the bit.
inline bool same_segments(const std::vector<Segment>& a, const std::vector<Segment>& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    const bool same = a[i].id == b[i].id && a[i].start_s == b[i].start_s &&
                      a[i].end_s == b[i].end_s && a[i].text == b[i].text &&
                      a[i].tokens == b[i].tokens && a[i].avg_logprob == b[i].avg_logprob &&
                      a[i].no_speech_prob == b[i].no_speech_prob;
    if (!same) return false;
  }
  return true;
}

}  // namespace sotto::test
