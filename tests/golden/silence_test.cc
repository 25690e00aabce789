// What a session makes of silence, with the model and the voice activity as they are published.
#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <iterator>
#include <map>
#include <numbers>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "engine.h"
#include "golden/reference_model.h"
#include "io/file_io.h"
#include "unit/support/random.h"

using namespace sotto;

namespace {

constexpr int kRate_hz = 16000;
constexpr size_t kSecond = kRate_hz;
constexpr float kTau = 2 * std::numbers::pi_v<float>;

Engine& engine() {
  static const std::unique_ptr<Engine> loaded = [] {
    auto source = FileSource::open(test::q8_model_path());
    REQUIRE_MESSAGE(source.ok(), source.status().message());
    auto made = Engine::load(source.value(), {});
    REQUIRE_MESSAGE(made.ok(), made.status().message());
    auto vad =
        FileSource::open(std::string(SOTTO_SOURCE_DIR) + "/models/silero_vad_16k.safetensors");
    REQUIRE_MESSAGE(vad.ok(), vad.status().message());
    const Status status = made.value()->load_vad(vad.value());
    REQUIRE_MESSAGE(status.ok(), status.message());
    return std::move(made.value());
  }();
  return *loaded;
}

const std::vector<float>& speech() {
  static const std::vector<float> samples = [] {
    int rate_hz = 0;
    auto read = test::read_wav(test::clip_path(), rate_hz);
    REQUIRE_MESSAGE(read.ok(), read.status().message());
    REQUIRE(rate_hz == kRate_hz);
    return std::move(read.value());
  }();
  return samples;
}

std::vector<Segment> transcribe(const std::vector<float>& samples, const SessionOptions& options) {
  auto session = engine().new_session(options);
  REQUIRE_MESSAGE(session.ok(), session.status().message());
  REQUIRE(session.value()->push(samples, kRate_hz).ok());
  REQUIRE(session.value()->finish().ok());
  const Status status = session.value()->step(0);
  REQUIRE_MESSAGE(status.ok(), status.message());
  return session.value()->segments();
}

std::vector<Segment> transcribe(const std::vector<float>& samples, Vad vad = Vad::kAuto,
                                Timestamps timestamps = Timestamps::kSegment) {
  SessionOptions options;
  options.vad = vad;
  options.timestamps = timestamps;
  return transcribe(samples, options);
}

std::string text_of(const std::vector<Segment>& segments) {
  std::string text;
  for (const Segment& segment : segments) text += segment.text;
  return text;
}

std::vector<float> made(double length_s, auto&& sample) {
  std::vector<float> samples(static_cast<size_t>(length_s * kRate_hz));
  for (size_t i = 0; i < samples.size(); ++i) samples[i] = sample(i);
  return samples;
}

// Noise whose spectrum falls: each sample keeps `kept` of the one before it.
std::vector<float> noise(double length_s, float loudness, float kept) {
  test::Random random(7);
  float last = 0;
  return made(length_s, [&](size_t) {
    last = kept * last + (1 - kept) * random.uniform(-1, 1);
    return loudness * last;
  });
}

std::vector<float> tones(double length_s, const std::vector<float>& frequencies_hz,
                         float loudness) {
  return made(length_s, [&](size_t i) {
    float sum = 0;
    for (const float f : frequencies_hz) {
      sum += std::sin(kTau * std::fmod(f * static_cast<float>(i % kSecond), 16000.0f) / 16000.0f);
    }
    return loudness * sum / static_cast<float>(frequencies_hz.size());
  });
}

// Four plucked notes a second, of five partials each, over a bass.
std::vector<float> music(double length_s) {
  constexpr float kScale_hz[] = {262, 294, 330, 349, 392, 440, 494, 523};
  constexpr size_t kNote = kSecond / 4;
  test::Random random(11);
  float note_hz = 0;
  return made(length_s, [&](size_t i) {
    if (i % kNote == 0)
      note_hz = kScale_hz[random.below(8)] * static_cast<float>(1 + random.below(2));
    const float t = static_cast<float>(i % kNote) / kRate_hz;
    float sum = 0.4f * std::sin(kTau * 131 * static_cast<float>(i % kSecond) / kRate_hz);
    for (int k = 1; k <= 5; ++k) {
      const auto partial = static_cast<float>(k);
      sum += std::exp(-6 * t) * std::sin(kTau * note_hz * partial * t) / partial;
    }
    return 0.2f * sum;
  });
}

// JFK, cut where he pauses, with as much silence before each part.
std::vector<float> with_silences(const std::vector<double>& silences_s) {
  const double cuts_s[] = {0, 2.7, 4.9, 7.9, 11};
  std::vector<float> samples;
  for (size_t i = 0; i < silences_s.size(); ++i) {
    samples.resize(samples.size() + static_cast<size_t>(std::llround(silences_s[i] * kRate_hz)));
    const auto begin = speech().begin();
    samples.insert(samples.end(), begin + std::llround(cuts_s[i] * kRate_hz),
                   begin + std::llround(cuts_s[i + 1] * kRate_hz));
  }
  return samples;
}

// The speech, so many times slower and lower.
std::vector<float> slowed(float times) {
  return made(static_cast<double>(speech().size() - 1) * times / kRate_hz, [&](size_t i) {
    const float at = static_cast<float>(i) / times;
    const auto before = std::min(static_cast<size_t>(at), speech().size() - 2);
    const float part = at - static_cast<float>(before);
    return speech()[before] * (1 - part) + speech()[before + 1] * part;
  });
}

// How often the text says the three words in a row that it says most often.
int most_said(const std::string& text) {
  std::istringstream in(text);
  const std::vector<std::string> words{std::istream_iterator<std::string>(in), {}};
  std::map<std::vector<std::string>, int> said;
  int most = 0;
  for (size_t i = 0; i + 3 <= words.size(); ++i) {
    most = std::max(most, ++said[{words.begin() + i, words.begin() + i + 3}]);
  }
  return most;
}

}  // namespace

TEST_CASE("golden: silence, noise, hum, tones and music give no text") {
  constexpr double kLength_s = 60;
  const std::vector<std::pair<const char*, std::vector<float>>> sounds = {
      {"silence", made(kLength_s, [](size_t) { return 0.0f; })},
      {"white noise, loud", noise(kLength_s, 0.8f, 0)},
      {"white noise, faint", noise(kLength_s, 0.002f, 0)},
      {"wind", noise(kLength_s, 0.5f, 0.9f)},
      {"rumble", noise(kLength_s, 0.5f, 0.99f)},
      {"hum of 50 Hz", tones(kLength_s, {50, 100, 150}, 0.3f)},
      {"hum of 60 Hz, faint", tones(kLength_s, {60, 120, 180}, 0.01f)},
      {"a tone", tones(kLength_s, {440}, 0.3f)},
      {"a high tone", tones(kLength_s, {3000}, 0.3f)},
      {"a chord", tones(kLength_s, {262, 330, 392}, 0.3f)},
      {"music", music(kLength_s)},
  };
  for (const auto& [name, samples] : sounds) {
    CAPTURE(name);
    CHECK(text_of(transcribe(samples)) == "");
  }
  // The model alone does invent text, so that this is not said of it.
  const std::vector<float> silence(10 * kSecond);
  CHECK(text_of(transcribe(silence, Vad::kOff)) != "");
}

TEST_CASE("golden: recorded sounds that are not speech give no text") {
  const std::string folder = std::string(SOTTO_SOURCE_DIR) + "/../shared/eval/wav/";
  if (auto source = FileSource::open(folder + "ns-laugh1.wav"); !source.ok()) {
    MESSAGE("skipped: " << source.status().message());
    return;
  }
  for (const char* name : {"bigbuckbunny", "laugh1", "moon-error", "noise3", "noise5", "tone2s"}) {
    CAPTURE(name);
    int rate_hz = 0;
    auto samples = test::read_wav(folder + "ns-" + name + ".wav", rate_hz);
    REQUIRE_MESSAGE(samples.ok(), samples.status().message());
    REQUIRE(rate_hz == kRate_hz);
    for (const Vad vad : {Vad::kAuto, Vad::kOn}) {
      CHECK(text_of(transcribe(samples.value(), vad)) == "");
    }
  }
}

TEST_CASE("golden: speech, half a minute of silence, speech: each sentence once") {
  std::vector<float> samples = speech();
  samples.resize(samples.size() + 30 * kSecond);
  samples.insert(samples.end(), speech().begin(), speech().end());
  const std::string once = text_of(transcribe(speech()));
  REQUIRE(once.size() > 90);
  for (const Vad vad : {Vad::kAuto, Vad::kOn}) {
    const std::vector<Segment> segments = transcribe(samples, vad);
    const std::string said = text_of(segments);
    MESSAGE(said);
    // The wording may differ by a comma: letters only.
    const auto letters = [](const std::string& text) {
      std::string kept;
      for (const char c : text) {
        if (std::isalpha(static_cast<unsigned char>(c))) {
          kept += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        }
      }
      return kept;
    };
    CHECK(letters(said) == letters(once + once));
    for (const Segment& s : segments) {
      const bool first = s.start_s >= 0 && s.end_s <= 11.5;
      const bool second = s.start_s >= 40.5 && s.end_s <= 52.5;
      CAPTURE(s.text);
      CHECK((first || second));
    }
  }
}

TEST_CASE("golden: silence inserted at many places moves segments and words by exactly that much") {
  const std::vector<double> shorter_s = {2.56, 3.2, 4.8, 2.88};
  // Longer by whole frames of the voice activity, 32 ms.
  const std::vector<double> longer_s = {2.56 + 3.2, 3.2 + 0.032, 4.8 + 32.0, 2.88 + 6.4};
  const double parts_s[] = {2.7, 2.2, 3.0, 3.1};
  const auto moved = [&](double time_s) {
    double moved_s = time_s, part_s = 0;
    for (size_t i = 0; i < 4; ++i) {
      // Each silence is counted by its middle, far from what is said.
      if (time_s > part_s + shorter_s[i] / 2) moved_s += longer_s[i] - shorter_s[i];
      part_s += shorter_s[i] + parts_s[i];
    }
    return moved_s;
  };
  const auto check_moved = [&](const auto& from, const auto& to) {
    CHECK(to.start_s == doctest::Approx(moved(from.start_s)).epsilon(1e-12));
    CHECK(to.end_s == doctest::Approx(moved(from.end_s)).epsilon(1e-12));
  };
  for (const Timestamps timestamps : {Timestamps::kSegment, Timestamps::kWord}) {
    const auto a = transcribe(with_silences(shorter_s), Vad::kOn, timestamps);
    const auto b = transcribe(with_silences(longer_s), Vad::kOn, timestamps);
    REQUIRE(a.size() >= 1);
    REQUIRE(a.size() == b.size());
    CHECK(text_of(a).find("fellow Americans") != std::string::npos);
    size_t words = 0;
    for (size_t i = 0; i < a.size(); ++i) {
      CAPTURE(a[i].text);
      CHECK(a[i].text == b[i].text);
      check_moved(a[i], b[i]);
      REQUIRE(a[i].words.size() == b[i].words.size());
      for (size_t k = 0; k < a[i].words.size(); ++k) {
        CAPTURE(a[i].words[k].word);
        check_moved(a[i].words[k], b[i].words[k]);
      }
      words += a[i].words.size();
    }
    CHECK(words == (timestamps == Timestamps::kWord ? 22 : 0));
  }
}

TEST_CASE("golden: a loop in the text is cut") {
  SessionOptions plain;
  plain.temperatures = {0};
  plain.vad = Vad::kOff;
  const std::vector<float> slow = slowed(2.2f);
  // Speech that the model does not understand, and half a second over and over.
  std::vector<float> stuck;
  while (stuck.size() < 28 * kSecond) {
    stuck.insert(stuck.end(), speech().begin() + kSecond * 3 / 10,
                 speech().begin() + kSecond * 8 / 10);
  }
  for (const std::vector<float>& samples : {slow, stuck}) {
    CHECK(most_said(text_of(transcribe(samples, plain))) > 10);
    CHECK(most_said(text_of(transcribe(samples))) <= 3);
  }
}
