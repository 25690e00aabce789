#include "cli/audio_file.h"

#include <doctest/doctest.h>
#include <sndfile.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

using namespace sotto;
namespace fs = std::filesystem;

namespace {

constexpr int kRate_hz = 44100;
constexpr int kFrames = 30000;
constexpr double kPi = 3.14159265358979323846;

// A file of its own, also where this test runs twice at once.
struct TemporaryFile {
  std::string path;
  explicit TemporaryFile(const std::string& name) {
    const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
    path = (fs::temp_directory_path() / ("sotto_" + std::to_string(now) + "_" + name)).string();
  }
  ~TemporaryFile() { std::remove(path.c_str()); }
};

// Two tones, one a channel.
std::vector<float> stereo_tones() {
  std::vector<float> samples;
  for (int i = 0; i < kFrames; ++i) {
    samples.push_back(0.5f * static_cast<float>(std::sin(2 * kPi * 440 * i / kRate_hz)));
    samples.push_back(0.25f * static_cast<float>(std::sin(2 * kPi * 1000 * i / kRate_hz)));
  }
  return samples;
}

void write_sound(const std::string& path, int format) {
  SF_INFO info{};
  info.samplerate = kRate_hz;
  info.channels = 2;
  info.format = format;
  SNDFILE* file = sf_open(path.c_str(), SFM_WRITE, &info);
  REQUIRE_MESSAGE(file != nullptr, sf_strerror(nullptr));
  const std::vector<float> samples = stereo_tones();
  REQUIRE(sf_writef_float(file, samples.data(), kFrames) == kFrames);
  sf_close(file);
}

std::vector<float> read_all(AudioFile& audio, size_t piece) {
  std::vector<float> all, block(piece);
  while (true) {
    const Result<size_t> count = audio.read(block);
    REQUIRE_MESSAGE(count.ok(), count.status().message());
    if (count.value() == 0) return all;
    all.insert(all.end(), block.begin(), block.begin() + static_cast<long>(count.value()));
  }
}

// Root of the mean squared difference to the mean of the two tones, at the best of some delays:
// lossy codecs add samples at the front.
double difference(const std::vector<float>& got, int largest_delay) {
  const std::vector<float> stereo = stereo_tones();
  double best = HUGE_VAL;
  for (int delay = 0; delay <= largest_delay; ++delay) {
    double sum = 0;
    const int first = 2000, count = 20000;  // away from the ends
    for (int i = first; i < first + count; ++i) {
      const double wanted = (stereo[2 * i] + stereo[2 * i + 1]) / 2;
      sum += std::pow(got[static_cast<size_t>(i + delay)] - wanted, 2);
    }
    best = std::min(best, std::sqrt(sum / count));
  }
  return best;
}

}  // namespace

TEST_CASE("AudioFile: every format gives the mean of its channels, piece by piece") {
  struct Format {
    const char* name;
    int format;
    double error;       // root mean square that the codec may cost
    int delay_samples;  // that it may add at the front
  };
  const Format formats[] = {
      {"pcm.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 0x1p-15, 0},
      {"float.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 1e-7, 0},
      {"adpcm.wav", SF_FORMAT_WAV | SF_FORMAT_IMA_ADPCM, 0.02, 0},
      {"a.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 0x1p-15, 0},
      {"a.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS, 0.02, 0},
      {"a.mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, 0.02, 2400},
      {"a.aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_24, 0x1p-15, 0},
  };
  for (const Format& format : formats) {
    INFO(format.name);
    const TemporaryFile file(format.name);
    write_sound(file.path, format.format);
    const Result<std::unique_ptr<AudioFile>> opened = AudioFile::open(file.path);
    REQUIRE_MESSAGE(opened.ok(), opened.status().message());
    AudioFile& audio = *opened.value();
    CHECK(audio.sample_rate_hz() == kRate_hz);
    CHECK(audio.duration_s() == doctest::Approx(kFrames / double{kRate_hz}).epsilon(0.1));
    const std::vector<float> samples = read_all(audio, 777);
    CHECK(samples.size() >= kFrames);
    CHECK(difference(samples, format.delay_samples) <= format.error);
    // A read after the end stays at the end.
    std::vector<float> more(10);
    CHECK(audio.read(more).value() == 0);
  }
}

TEST_CASE("AudioFile: what is no sound is refused with a reason") {
  const TemporaryFile file("garbage");
  const auto write = [&](const std::string& bytes) {
    std::FILE* out = std::fopen(file.path.c_str(), "wb");
    std::fwrite(bytes.data(), 1, bytes.size(), out);
    std::fclose(out);
    return AudioFile::open(file.path).status();
  };
  CHECK(write("").code() == Code::kBadFormat);
  CHECK(write("x").code() == Code::kBadFormat);
  CHECK(write(std::string(5000, 'x')).code() == Code::kBadFormat);
  CHECK(write("fLaC and then nothing of it").code() == Code::kBadFormat);
  CHECK_FALSE(write(std::string("RIFF\x24\0\0\0WAVEfmt ", 16)).ok());
  CHECK(AudioFile::open(file.path + ".missing").status().code() == Code::kIo);
}
