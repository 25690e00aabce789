// From samples to the encoder's input.
#include <cmath>
#include <memory>
#include <optional>
#include <utility>

#include "audio/log_mel.h"
#include "audio/resample.h"
#include "bench/ops/op.h"
#include "unit/support/random.h"
#include "unit/vad/silero_fixture.h"
#include "vad/silero.h"
#include "vad/silero_spectrum.h"

namespace sotto::bench {

namespace {

using Floats = std::vector<float>;

// A window of 30 s. A transform of 400 real samples takes about n / 2 log2 n multiply-adds
// (Sorensen et al., Real-valued fast Fourier transform algorithms, 1987); the triangles of the
// filters overlap by half, so each bin of the spectrum counts twice.
Op log_mel_op() {
  constexpr double kBins = kFft_samples / 2 + 1, kLogMac = 10;
  const double transform = kFft_samples / 2 * std::log2(double{kFft_samples});
  const double frame = kFft_samples / 2 + transform + 2 * kBins + 2 * kBins + kMels * kLogMac;
  return {"log_mel", shape({kWindow_frames, kMels}), {0, frame * kWindow_frames, 0}, 0, 0, [] {
            test::Random random(6);
            const Floats samples = random.floats(kWindow_samples, -0.3f, 0.3f);
            auto mel = std::make_shared<std::optional<LogMel>>();
            Result<LogMel> made = LogMel::create(kMels);
            if (made.ok()) mel->emplace(std::move(made.value()));
            auto out = std::make_shared<Floats>(size_t{kWindow_frames} * kMels);
            return [=] {
              const MatrixF32 rows(out->data(), kWindow_frames, kMels);
              (*mel)->log_energies(samples, 0, rows);
              normalize_log_mel(rows, max_energy(rows));
            };
          }};
}

// A second of what most microphones give. The filter's length is that of its table, because all
// outputs fall on inputs.
Op resample_op() {
  constexpr int kIn_hz = 48'000;
  const Result<Resampler> table = Resampler::create(kIn_hz, kSampleRate_hz);
  const double taps = table.ok() ? double(table.value().table_bytes()) / sizeof(float) : 0;
  return {"resample", "48 to 16 kHz, 1 s", {0, taps * kSampleRate_hz, 0}, 0, 0, [] {
            test::Random random(7);
            const Floats samples = random.floats(kIn_hz, -0.3f, 0.3f);
            auto resampler =
                std::make_shared<Result<Resampler>>(Resampler::create(kIn_hz, kSampleRate_hz));
            auto out = std::make_shared<Floats>();
            return [=] {
              out->clear();
              resampler->value().push(samples, *out);
              resampler->value().finish(*out);
            };
          }};
}

// A second of audio, by a network with drawn weights, which are read again for every frame.
Op silero_op() {
  constexpr double kFrames = double{kVadSampleRate_hz} / kVadFrame_samples;
  using namespace silero;
  constexpr double kStft = 4 * kFoldedParts * kFoldedBins * kFolded_samples, kLstm = 512 * 256;
  constexpr double kConvolutions = 3 * (4 * 129 * 128 + 2 * 128 * 64) + 2 * 64 * 64 + 64 * 128;
  const Work work{0, kFrames * (kStft + kConvolutions + kLstm), 0};
  return {"silero", "1 s", work, 0, 0, [] {
            auto model =
                std::make_shared<Result<Silero>>(test::load_silero(test::silero_tensors(1)));
            auto stream = std::make_shared<SileroStream>(model->value());
            test::Random random(8);
            const Floats samples = random.floats(kVadSampleRate_hz, -0.3f, 0.3f);
            auto heard = std::make_shared<float>(0.0f);
            // The model is held as long as its stream.
            return [model, stream, samples, heard] {
              stream->push(samples, [&](float p) { *heard += p; });
            };
          }};
}

}  // namespace

void add_audio(std::vector<Op>& ops) {
  ops.push_back(log_mel_op());
  ops.push_back(resample_op());
  ops.push_back(silero_op());
}

}  // namespace sotto::bench
