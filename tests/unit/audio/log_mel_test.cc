#include "audio/log_mel.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <numbers>
#include <string>
#include <vector>

#include "io/wav.h"

namespace sotto {
namespace {

using Floats = std::vector<float>;

// Whole files below the source tree; empty where there is none.
std::vector<uint8_t> read_file(const std::string& path) {
  std::vector<uint8_t> bytes;
  std::FILE* file = std::fopen((std::string(SOTTO_SOURCE_DIR "/") + path).c_str(), "rb");
  if (file == nullptr) return bytes;
  uint8_t buffer[4096];
  for (size_t got = 1; got > 0;) {
    got = std::fread(buffer, 1, sizeof(buffer), file);
    bytes.insert(bytes.end(), buffer, buffer + got);
  }
  std::fclose(file);
  return bytes;
}

// Figures made by scripts/golden_mel.py.
Floats read_golden(const std::string& name) {
  const std::vector<uint8_t> bytes = read_file("tests/golden/" + name);
  REQUIRE_MESSAGE(!bytes.empty(), name);
  MemorySource source(bytes);
  ByteReader reader(source);
  Floats values(bytes.size() / 4);
  for (float& value : values) value = reader.f32();
  return values;
}

LogMel make(int n_mels, ThreadPool* pool = nullptr) {
  Result<LogMel> log_mel = LogMel::create(n_mels, pool);
  REQUIRE_MESSAGE(log_mel.ok(), log_mel.status().message());
  return std::move(log_mel.value());
}

// Frames [first, first + count) of the signal, not normalised: [count, n_mels].
Floats energies(LogMel& log_mel, std::span<const float> samples, int first, int count) {
  Floats out(static_cast<size_t>(count) * static_cast<size_t>(log_mel.n_mels()), 77.0f);
  log_mel.log_energies(samples, ptrdiff_t{first} * kHop_samples,
                       MatrixF32(out.data(), count, log_mel.n_mels()));
  return out;
}

// The signal of scripts/golden_mel.py, sample by sample.
Floats synthetic_signal() {
  constexpr int kLength_samples = 40'037;
  constexpr double kLow_hz = 60.0;
  constexpr double kHigh_hz = 7800.0;
  Floats signal(kLength_samples, 0.0f);
  uint32_t state = 1;
  for (int i = 0; i < kLength_samples; ++i) {
    state = state * 1664525u + 1013904223u;
    const double noise = static_cast<int32_t>(state) / 2147483648.0;
    if (i >= 14'000 && i < 18'000) continue;
    const double time_s = static_cast<double>(i) / kSampleRate_hz;
    const double sweep =
        (kHigh_hz - kLow_hz) / (2 * static_cast<double>(kLength_samples) / kSampleRate_hz);
    const double chirp = std::sin(2 * std::numbers::pi * (kLow_hz + sweep * time_s) * time_s);
    signal[static_cast<size_t>(i)] = static_cast<float>(0.4 * chirp + 0.05 * noise);
  }
  return signal;
}

float largest_difference(const Floats& golden, const Floats& mel, int n_mels, int step) {
  const auto width = static_cast<size_t>(n_mels);
  float worst = 0;
  for (size_t row = 0; row * width < golden.size(); ++row) {
    for (size_t m = 0; m < width; ++m) {
      const float got = mel[row * static_cast<size_t>(step) * width + m];
      // Written so that NaN counts as a difference.
      const float difference = std::abs(golden[row * width + m] - got);
      worst = difference <= worst ? worst : difference;
    }
  }
  return worst;
}

TEST_CASE("log_mel: bin counts out of range are refused") {
  for (const int n_mels : {-1, 0, 257, std::numeric_limits<int>::max()}) {
    CHECK(LogMel::create(n_mels).status().code() == Code::kInvalidArgument);
  }
  CHECK(LogMel::create(257).status().message() == "n_mels: expected 1 to 256, got 257");
  CHECK(LogMel::create(1).ok());
  CHECK(LogMel::create(256).ok());
}

TEST_CASE("log_mel: filters are Slaney's, as in Whisper's mel_filters") {
  for (const int n_mels : {80, 128}) {
    const Floats golden = read_golden("mel_filters_" + std::to_string(n_mels) + ".f32");
    const Floats filters = make(n_mels).filters();
    constexpr size_t kBins = 201;
    REQUIRE(filters.size() == static_cast<size_t>(n_mels) * kBins);
    size_t at = 0;
    for (size_t m = 0; m < static_cast<size_t>(n_mels); ++m) {
      REQUIRE(at + 2 <= golden.size());
      const auto first = static_cast<size_t>(golden[at]);
      const auto count = static_cast<size_t>(golden[at + 1]);
      at += 2;
      REQUIRE(at + count <= golden.size());
      for (size_t bin = 0; bin < kBins; ++bin) {
        const bool inside = bin >= first && bin < first + count;
        const float expected = inside ? golden[at + bin - first] : 0.0f;
        // Weights are at most 0.03, of which f32 keeps 2e-9.
        CHECK(std::abs(filters[m * kBins + bin] - expected) < 1e-8f);
      }
      at += count;
    }
    CHECK(at == golden.size());
  }
}

TEST_CASE("log_mel: a synthetic signal, 80 and 128 bins, against an f64 reference") {
  const Floats signal = synthetic_signal();
  for (const int n_mels : {80, 128}) {
    const Floats golden = read_golden("mel_synthetic_" + std::to_string(n_mels) + ".f32");
    LogMel log_mel = make(n_mels);
    const int frames = static_cast<int>(signal.size()) / kHop_samples + 10;
    Floats mel = energies(log_mel, signal, 0, frames);
    const MatrixF32 view(mel.data(), frames, n_mels);
    normalize_log_mel(view, max_energy(view));
    CHECK(golden.size() == static_cast<size_t>((frames + 3) / 4 * n_mels));
    const float worst = largest_difference(golden, mel, n_mels, 4);
    CAPTURE(n_mels);
    CHECK(worst < 1e-4f);
  }
}

TEST_CASE("log_mel: the JFK clip against openai-whisper") {
  const std::vector<uint8_t> file = read_file(".cache/assets/jfk.wav");
  if (file.empty()) {
    MESSAGE("skipped: .cache/assets/jfk.wav is not there (npm start fetches it)");
    return;
  }
  MemorySource source(file);
  Result<WavReader> reader = WavReader::open(source);
  REQUIRE(reader.ok());
  Floats speech(static_cast<size_t>(reader->info().frames));
  REQUIRE(reader->read(speech).value() == 176'000);

  const Floats golden = read_golden("mel_jfk.f32");
  REQUIRE(golden.size() == 60 * 80);
  LogMel log_mel = make(80);
  Floats mel = energies(log_mel, speech, 0, kWindow_frames);
  const MatrixF32 view(mel.data(), kWindow_frames, 80);
  normalize_log_mel(view, max_energy(view));
  CHECK(largest_difference(golden, mel, 80, 20) < 1e-4f);
}

TEST_CASE("log_mel: a frame depends on its own samples only, wherever the span begins") {
  const Floats signal = synthetic_signal();
  LogMel log_mel = make(80);
  const Floats whole = energies(log_mel, signal, 0, 260);
  // From frame 60 on, with the half transform before it.
  constexpr int kFirst = 60;
  constexpr ptrdiff_t kCenter = kFft_samples / 2;
  const auto tail = std::span<const float>(signal).subspan(kFirst * kHop_samples - kCenter);
  Floats part(200 * 80);
  log_mel.log_energies(tail, kCenter, MatrixF32(part.data(), 200, 80));
  CHECK(std::equal(part.begin(), part.end(), whole.begin() + kFirst * 80));
  // One frame at a time.
  Floats one(80);
  for (const int frame : {0, 1, 2, 86, 87, 100, 112, 250, 251, 252, 259}) {
    log_mel.log_energies(signal, ptrdiff_t{frame} * kHop_samples, MatrixF32(one.data(), 1, 80));
    CHECK(std::equal(one.begin(), one.end(), whole.begin() + frame * 80));
  }
}

TEST_CASE("log_mel: shared among the workers of a pool, the same bits") {
  const Floats signal = synthetic_signal();
  LogMel alone = make(80);
  // Also fewer frames than one worker takes at a time, and none.
  for (const int frames : {0, 1, 63, 64, 65, 300}) {
    for (const int workers : {1, 2, 5}) {
      ThreadPool pool(workers);
      LogMel shared = make(80, &pool);
      CHECK(energies(shared, signal, -3, frames) == energies(alone, signal, -3, frames));
    }
  }
}

TEST_CASE("log_mel: the beginning is mirrored, the end is silent") {
  const Floats signal = synthetic_signal();
  LogMel log_mel = make(80);
  // The same signal with its mirror image written out in front, and zeros behind.
  Floats written(signal.begin() + 1, signal.begin() + 201);
  std::reverse(written.begin(), written.end());
  written.insert(written.end(), signal.begin(), signal.end());
  written.insert(written.end(), 1000, 0.0f);
  Floats expected(255 * 80);
  log_mel.log_energies(written, 200, MatrixF32(expected.data(), 255, 80));
  CHECK(energies(log_mel, signal, 0, 255) == expected);
  // Signals shorter than half a transform are mirrored with the silence behind them.
  const Floats brief(signal.begin(), signal.begin() + 50);
  Floats long_brief = brief;
  long_brief.resize(1000, 0.0f);
  CHECK(energies(log_mel, brief, 0, 5) == energies(log_mel, long_brief, 0, 5));
  CHECK(energies(log_mel, brief, 0, 1)[5] > -5.0f);
  // A sound at the far end of frame 0, which sees it in the mirror as well.
  Floats click(400, 0.0f);
  click[199] = 1.0f;
  CHECK(max_energy(MatrixF32(energies(log_mel, click, 0, 1).data(), 1, 80)) > -10.0f);
}

TEST_CASE("log_mel: a row's stride is kept") {
  const Floats signal = synthetic_signal();
  LogMel log_mel = make(80);
  const Floats dense = energies(log_mel, signal, 0, 100);
  Floats wide(100 * 96, 5.0f);
  const MatrixF32 view(wide.data(), 100, 80, 96);
  log_mel.log_energies(signal, 0, view);
  float largest = kSilence_log10;
  for (int f = 0; f < 100; ++f) {
    CHECK(std::equal(view.row(f), view.row(f) + 80, dense.begin() + f * 80));
    CHECK(std::all_of(view.row(f) + 80, view.row(f) + 96, [](float x) { return x == 5.0f; }));
    largest = std::max(largest, *std::max_element(view.row(f), view.row(f) + 80));
  }
  CHECK(max_energy(view) == largest);
  normalize_log_mel(view, largest);
  CHECK(wide[80] == 5.0f);
  CHECK(wide[99 * 96 + 95] == 5.0f);
}

TEST_CASE("log_mel: silence, and no samples at all") {
  LogMel log_mel = make(80);
  const Floats silence(5 * 80, kSilence_log10);
  CHECK(energies(log_mel, {}, 0, 5) == silence);
  CHECK(energies(log_mel, Floats(2000, 0.0f), 0, 5) == silence);
  CHECK(energies(log_mel, Floats(2000, -0.0f), 3, 5) == silence);
  CHECK(energies(log_mel, Floats(100, 1.0f), 1000, 5) == silence);
  CHECK(energies(log_mel, Floats(100, 1.0f), 0, 0).empty());
  // Whisper's values for digital silence: (-10 + 4) / 4.
  Floats mel = silence;
  const MatrixF32 view(mel.data(), 5, 80);
  CHECK(max_energy(view) == kSilence_log10);
  normalize_log_mel(view, max_energy(view));
  CHECK(mel == Floats(5 * 80, -1.5f));
}

TEST_CASE("log_mel: samples that are no sound count as zero") {
  const Floats signal = synthetic_signal();
  Floats broken = signal;
  Floats mended = signal;
  const float strange[] = {
      std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
      -std::numeric_limits<float>::infinity(), std::numeric_limits<float>::max(), -1e16f};
  for (size_t i = 0; i < 2000; i += 3) {
    broken[i] = strange[i % 5];
    mended[i] = 0.0f;
  }
  LogMel log_mel = make(128);
  CHECK(energies(log_mel, broken, 0, 50) == energies(log_mel, mended, 0, 50));
  CHECK(energies(log_mel, Floats(3000, strange[0]), 0, 9) == Floats(9 * 128, kSilence_log10));
  // The loudest samples that count still give finite figures.
  Floats loud(3000);
  for (size_t i = 0; i < loud.size(); ++i) loud[i] = i / 7 % 2 == 0 ? 1e15f : -1e15f;
  Floats mel = energies(log_mel, loud, 0, 18);
  const MatrixF32 view(mel.data(), 18, 128);
  normalize_log_mel(view, max_energy(view));
  CHECK(std::all_of(mel.begin(), mel.end(), [](float x) { return std::isfinite(x); }));
}

TEST_CASE("log_mel: normalising keeps 8 decades below the maximum") {
  Floats mel{-10.0f, -6.5f, -6.0f, 0.0f, 2.0f};
  normalize_log_mel(MatrixF32(mel.data(), 1, 5), 2.0f);
  CHECK(mel == Floats{-0.5f, -0.5f, -0.5f, 1.0f, 1.5f});
}

TEST_CASE("log_mel: moved, it goes on working") {
  const Floats signal = synthetic_signal();
  LogMel first = make(80);
  const Floats expected = energies(first, signal, 0, 20);
  LogMel second = std::move(first);
  CHECK(energies(second, signal, 0, 20) == expected);
  LogMel third = make(128);
  third = std::move(second);
  CHECK(third.n_mels() == 80);
  CHECK(energies(third, signal, 0, 20) == expected);
}

}  // namespace
}  // namespace sotto
