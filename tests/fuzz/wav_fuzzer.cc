// WAV files (io/wav.h), read to their end and resampled as a session does it.
#include <algorithm>
#include <cmath>
#include <vector>

#include "audio/resample.h"
#include "fuzz/target.h"
#include "io/wav.h"

namespace sotto::fuzz {
namespace {

constexpr int kRate_hz = 16000;
// Inputs are small, but one frame may stand for many samples at 16 kHz.
constexpr size_t kMostResampled = 2000;

std::vector<float> read_all(WavReader& reader, size_t piece) {
  std::vector<float> all;
  std::vector<float> buffer(piece);
  while (true) {
    const Result<size_t> count = reader.read(buffer);
    require(count.ok(), "what the header promises can be read");
    require(count.value() <= piece, "no more is read than there is room for");
    if (count.value() == 0) return all;
    all.insert(all.end(), buffer.begin(), buffer.begin() + static_cast<ptrdiff_t>(count.value()));
  }
}

void resample(int rate_hz, std::vector<float> samples) {
  Result<Resampler> resampler = Resampler::create(rate_hz, kRate_hz);
  require(resampler.ok() || !resampler.status().message().empty(), "an error has a message");
  if (!resampler.ok()) return;
  require(resampler->table_bytes() <= 2 << 20, "the filter's table stays within 2 MiB");
  if (samples.size() > kMostResampled) samples.resize(kMostResampled);
  std::vector<float> out;
  resampler->push(samples, out);
  resampler->finish(out);
  const uint64_t wanted = (samples.size() * uint64_t{kRate_hz} + uint64_t(rate_hz) - 1) /
                          static_cast<uint64_t>(rate_hz);
  require(out.size() == wanted, "a resampled stream has the length that its rate asks for");
}

bool same(float a, float b) { return a == b || (std::isnan(a) && std::isnan(b)); }

}  // namespace

bool run_wav(Input input) {
  MemorySource source(input);
  Result<WavReader> reader = WavReader::open(source);
  require(reader.ok() || !reader.status().message().empty(), "an error has a message");
  if (!reader.ok()) return false;
  const WavInfo info = reader->info();
  require(info.channels > 0 && info.sample_rate_hz > 0, "a WAV has channels and a rate");
  const uint64_t frame_bytes = static_cast<uint64_t>(info.channels * (info.bits_per_sample / 8));
  require(info.frames <= input.size() / frame_bytes, "the frames are in the file");
  const std::vector<float> samples = read_all(reader.value(), 1 + input.size() % 700);
  require(samples.size() == info.frames, "every frame is read");
  Result<WavReader> again = WavReader::open(source);
  const std::vector<float> others = read_all(again.value(), 4096);
  require(std::equal(samples.begin(), samples.end(), others.begin(), others.end(), same),
          "samples do not depend on how they are read");
  resample(info.sample_rate_hz, samples);
  return true;
}

}  // namespace sotto::fuzz

SOTTO_FUZZ_TARGET(wav)
