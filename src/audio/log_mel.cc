#include "audio/log_mel.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numbers>
#include <string>
#include <utility>

#include "audio/mel_filters.h"
#include "kiss_fftr.h"

namespace sotto {
namespace {

constexpr int kBins = kFft_samples / 2 + 1;
constexpr int kMostMels = 256;
// Beyond this the square of a transformed value could leave f32; no recording comes near it.
constexpr float kLargestSample = 1e15f;
constexpr float kLeastEnergy = 1e-10f;  // log_mel_spectrogram's clamp
constexpr float kDynamicRange_log10 = 8.0f;
// Frames that a worker takes at a time: a fifth of a millisecond of work.
constexpr int kShare_frames = 64;

struct FreeFft {
  void operator()(kiss_fftr_state* fft) const { kiss_fftr_free(fft); }
};

// False for NaN as well.
float usable(float x) { return std::abs(x) <= kLargestSample ? x : 0.0f; }

// The signal without an end: mirrored before its first sample, zero after its last.
float sample_at(std::span<const float> samples, ptrdiff_t index) {
  const auto at = static_cast<size_t>(std::abs(index));
  return at < samples.size() ? usable(samples[at]) : 0.0f;
}

// Finds samples that are not silent for frames that go forward, touching each sample once.
class SoundFinder {
 public:
  explicit SoundFinder(std::span<const float> samples) : samples_(samples) {}

  // Whether any of the samples that a frame from `start` sees is not zero.
  bool in_frame(ptrdiff_t start) {
    const ptrdiff_t first = std::max<ptrdiff_t>(start, 0);
    // A frame that begins before the signal sees samples up to -start in the mirror.
    const ptrdiff_t end = std::max(start + kFft_samples, 1 - start);
    next_ = std::max(next_, first);
    const auto size = static_cast<ptrdiff_t>(samples_.size());
    while (next_ < size && usable(samples_[static_cast<size_t>(next_)]) == 0.0f) ++next_;
    return next_ < std::min(end, size);
  }

 private:
  std::span<const float> samples_;
  ptrdiff_t next_ = 0;  // the first sample at or after the last frame's that is not zero
};

}  // namespace

// What one worker computes with.
struct LogMel::Worker {
  std::unique_ptr<kiss_fftr_state, FreeFft> fft;
  float frame[kFft_samples];
  kiss_fft_cpx spectrum[kBins];
  float power[kBins];
};

struct LogMel::Impl {
  ThreadPool* pool = nullptr;
  std::vector<MelFilter> filters;
  float window[kFft_samples];
  std::vector<Worker> workers;

  // frame[j] = window[j] * signal[start + j]
  void load_frame(std::span<const float> samples, ptrdiff_t start, float* frame) const;
  // out[m] = log10 of what filter m lets through of the worker's frame.
  void transform(Worker& worker, float* out) const;
  // Frames [first, end) of log_energies().
  void compute(Worker& worker, std::span<const float> samples, ptrdiff_t first_center, int first,
               int end, MatrixF32 out) const;
};

void LogMel::Impl::load_frame(std::span<const float> samples, ptrdiff_t start, float* frame) const {
  const auto size = static_cast<ptrdiff_t>(samples.size());
  if (start >= 0 && size >= kFft_samples && start <= size - kFft_samples) {
    const float* x = samples.data() + start;
    for (int j = 0; j < kFft_samples; ++j) frame[j] = window[j] * usable(x[j]);
  } else {
    for (int j = 0; j < kFft_samples; ++j) frame[j] = window[j] * sample_at(samples, start + j);
  }
}

void LogMel::Impl::transform(Worker& worker, float* out) const {
  kiss_fftr(worker.fft.get(), worker.frame, worker.spectrum);
  for (int bin = 0; bin < kBins; ++bin) {
    const kiss_fft_cpx x = worker.spectrum[bin];
    worker.power[bin] = x.r * x.r + x.i * x.i;
  }
  for (const MelFilter& filter : filters) {
    const float* bins = worker.power + filter.first_bin;
    float energy = 0;
    for (size_t i = 0; i < filter.weights.size(); ++i) energy += filter.weights[i] * bins[i];
    *out++ = std::log10(std::max(energy, kLeastEnergy));
  }
}

void LogMel::Impl::compute(Worker& worker, std::span<const float> samples, ptrdiff_t first_center,
                           int first, int end, MatrixF32 out) const {
  SoundFinder sound(samples);
  for (int f = first; f < end; ++f) {
    const ptrdiff_t start = first_center + ptrdiff_t{f} * kHop_samples - kHalfFft_samples;
    if (sound.in_frame(start)) {
      load_frame(samples, start, worker.frame);
      transform(worker, out.row(f));
    } else {
      std::fill_n(out.row(f), out.cols, kSilence_log10);
    }
  }
}

LogMel::LogMel(int n_mels, std::unique_ptr<Impl> impl) : n_mels_(n_mels), impl_(std::move(impl)) {}
LogMel::~LogMel() = default;
LogMel::LogMel(LogMel&&) noexcept = default;
LogMel& LogMel::operator=(LogMel&&) noexcept = default;

Result<LogMel> LogMel::create(int n_mels, ThreadPool* pool) {
  if (n_mels < 1 || n_mels > kMostMels) {
    return mismatch(Code::kInvalidArgument, "n_mels", "1 to " + std::to_string(kMostMels),
                    std::to_string(n_mels));
  }
  auto impl = std::make_unique<Impl>();
  impl->pool = pool;
  impl->workers.resize(pool == nullptr ? 1 : pool->workers());
  for (Worker& worker : impl->workers) {
    worker.fft.reset(kiss_fftr_alloc(kFft_samples, 0, nullptr, nullptr));
    if (worker.fft == nullptr) return Status(Code::kOutOfMemory, "log-mel: no memory for the FFT");
  }
  impl->filters = make_mel_filters(kSampleRate_hz, kFft_samples, n_mels);
  // torch.hann_window: periodic, so its period is the whole transform.
  for (int j = 0; j < kFft_samples; ++j) {
    const double angle = 2 * std::numbers::pi * j / kFft_samples;
    impl->window[j] = static_cast<float>(0.5 - 0.5 * std::cos(angle));
  }
  return LogMel(n_mels, std::move(impl));
}

void LogMel::log_energies(std::span<const float> samples, ptrdiff_t first_center, MatrixF32 out) {
  const auto compute_share = [&](int i, int worker) {
    const int first = i * kShare_frames, end = std::min(first + kShare_frames, out.rows);
    impl_->compute(impl_->workers[worker], samples, first_center, first, end, out);
  };
  const int shares = (out.rows + kShare_frames - 1) / kShare_frames;
  if (impl_->pool != nullptr) return impl_->pool->run(shares, compute_share);
  for (int i = 0; i < shares; ++i) compute_share(i, 0);
}

std::vector<float> LogMel::filters() const {
  std::vector<float> dense(static_cast<size_t>(n_mels_) * kBins);
  for (size_t m = 0; m < impl_->filters.size(); ++m) {
    const MelFilter& filter = impl_->filters[m];
    std::copy(filter.weights.begin(), filter.weights.end(),
              dense.begin() + static_cast<ptrdiff_t>(m) * kBins + filter.first_bin);
  }
  return dense;
}

float max_energy(ConstMatrixF32 log_energies) {
  float largest = kSilence_log10;
  for (int r = 0; r < log_energies.rows; ++r) {
    const float* row = log_energies.row(r);
    for (int c = 0; c < log_energies.cols; ++c) largest = std::max(largest, row[c]);
  }
  return largest;
}

void normalize_log_mel(MatrixF32 log_energies, float max_log10) {
  const float floor = max_log10 - kDynamicRange_log10;
  for (int r = 0; r < log_energies.rows; ++r) {
    float* row = log_energies.row(r);
    for (int c = 0; c < log_energies.cols; ++c) {
      row[c] = (std::max(row[c], floor) + 4.0f) / 4.0f;
    }
  }
}

}  // namespace sotto
