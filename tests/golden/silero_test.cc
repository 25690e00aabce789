// Silero VAD, frame by frame, against its ONNX file on recorded speech. The figures are made by
// scripts/golden_vad.py.
#include <doctest/doctest.h>

#include <chrono>
#include <cmath>
#include <string>
#include <vector>

#include "golden/npy.h"
#include "golden/reference_model.h"
#include "io/file_io.h"
#include "vad/silero.h"

using namespace sotto;

namespace {

const std::string kRoot = SOTTO_SOURCE_DIR;

// The bound that the project set itself.
constexpr double kTolerance = 1e-4;

const Silero& model() {
  static const Silero loaded = [] {
    auto source = FileSource::open(kRoot + "/models/silero_vad_16k.safetensors");
    REQUIRE_MESSAGE(source.ok(), source.status().message());
    auto silero = Silero::load(source.value());
    REQUIRE_MESSAGE(silero.ok(), silero.status().message());
    return std::move(silero.value());
  }();
  return loaded;
}

std::vector<float> read_clip(const std::string& path) {
  int rate_hz = 0;
  auto samples = test::read_wav(path, rate_hz);
  REQUIRE_MESSAGE(samples.ok(), samples.status().message());
  REQUIRE(rate_hz == kVadSampleRate_hz);
  return std::move(samples.value());
}

// In pieces that are no frames.
std::vector<float> probabilities_of(const std::vector<float>& samples) {
  std::vector<float> probabilities;
  const auto add = [&](float p) { probabilities.push_back(p); };
  SileroStream stream(model());
  const std::span<const float> all(samples);
  for (size_t at = 0; at < all.size(); at += 700) {
    stream.push(all.subspan(at, std::min<size_t>(700, all.size() - at)), add);
  }
  stream.finish(add);
  return probabilities;
}

void check_clip(const std::string& name, const std::vector<float>& samples) {
  const auto figures = test::read_npy(kRoot + "/tests/golden/silero/" + name + ".npy");
  REQUIRE_MESSAGE(figures.ok(), figures.status().message());
  const std::vector<float>& expected = figures->values;
  const std::vector<float> actual = probabilities_of(samples);
  REQUIRE(actual.size() == expected.size());
  double largest = 0;
  for (size_t i = 0; i < actual.size(); ++i) {
    const double error = std::fabs(double(actual[i]) - expected[i]);
    // Not a number counts as infinitely far.
    largest = error <= largest ? largest : std::isnan(error) ? HUGE_VAL : error;
  }
  MESSAGE(name << ": " << actual.size() << " frames, largest error " << largest);
  CHECK(largest <= kTolerance);
}

// As change() in golden_vad.py.
std::vector<float> changed(const std::vector<float>& speech) {
  constexpr size_t kCut = 70'001, kEnd = 160'123, kSilence = 2 * kVadSampleRate_hz;
  std::vector<float> samples(speech.begin(), speech.begin() + kCut);
  samples.resize(kCut + kSilence, 0.0f);
  for (size_t i = kCut; i < kEnd; ++i) samples.push_back(speech[i] * 0.0625f);
  return samples;
}

}  // namespace

TEST_CASE("golden f32: Silero's probabilities of the JFK clip, as it is and cut and quiet") {
  const std::vector<float> speech = read_clip(test::clip_path());
  check_clip("jfk", speech);
  check_clip("jfk-changed", changed(speech));
}

TEST_CASE("golden f32: Silero's probabilities of talk, telephone, languages and noise") {
  const std::string folder = kRoot + "/../shared/eval/wav/";
  if (auto source = FileSource::open(folder + "wk-vad.wav"); !source.ok()) {
    MESSAGE("skipped: " << source.status().message());
    return;
  }
  for (const char* name :
       {"pyannote-dev00", "wk-vad", "mfa-cold", "mls-es-13697", "pico-test-ja", "timit-LDC93S1",
        "ns-bigbuckbunny", "ns-laugh1", "ns-noise3", "ns-tone2s"}) {
    check_clip(name, read_clip(folder + name + ".wav"));
  }
}

TEST_CASE("golden f32: Silero takes a small part of the time that the audio lasts") {
  const std::vector<float> speech = read_clip(test::clip_path());
  double best_share = HUGE_VAL;
  // The best of some runs: others may be busy on the machine.
  for (int run = 0; run < 5; ++run) {
    const auto start = std::chrono::steady_clock::now();
    REQUIRE(probabilities_of(speech).size() == 344);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    best_share = std::min(best_share, took.count() * kVadSampleRate_hz / double(speech.size()));
  }
  MESSAGE("Silero: " << best_share * 100 << " % of real time");
  // The bound that the project set itself.
  CHECK(best_share < 0.01);
}
