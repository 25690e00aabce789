// Log-mel spectrogram of speech, as openai-whisper's `log_mel_spectrogram` computes it: Hann
// window of 400 samples, hop of 160, power spectrum, Slaney mel filters (librosa.filters.mel),
// log10 clamped at 1e-10; then clamped at 8 below the maximum and mapped by (x + 4) / 4.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "base/status.h"
#include "base/tensor.h"
#include "base/thread_pool.h"

namespace sotto {

inline constexpr int kSampleRate_hz = 16000;
inline constexpr int kFft_samples = 400;
// Samples before and after a frame's centre that its Fourier transform reads.
inline constexpr int kHalfFft_samples = kFft_samples / 2;
inline constexpr int kHop_samples = 160;
// Whisper's window: 30 s of audio.
inline constexpr int kWindow_frames = 3000;
inline constexpr int kWindow_samples = kWindow_frames * kHop_samples;
// log10(1e-10), the energy of digital silence.
inline constexpr float kSilence_log10 = -10.0f;

// Holds the window, the filters and the FFT's scratch. One thread at a time may call it.
class LogMel {
 public:
  // n_mels of 1 to 256 (80 and 128 are Whisper's); InvalidArgument otherwise,
  // OutOfMemory where the FFT gets none. A pool, which must outlive it, shares the frames among its
  // workers; the numbers are the same.
  static Result<LogMel> create(int n_mels, ThreadPool* pool = nullptr);
  ~LogMel();
  LogMel(LogMel&&) noexcept;
  LogMel& operator=(LogMel&&) noexcept;

  int n_mels() const { return n_mels_; }

  // log10 mel energies, not yet normalised: out[n_frames, n_mels], one row a frame. Frame f is
  // centred on samples[first_center + f * 160]. Before samples[0] the signal is mirrored (the
  // reflection of torch.stft at the beginning of a file), after its end it is zero. Samples that
  // are not finite or beyond 1e15 count as zero. Frames of nothing but zeros cost nothing.
  void log_energies(std::span<const float> samples, ptrdiff_t first_center, MatrixF32 out);

  // The filter bank [n_mels, 201], for tests.
  std::vector<float> filters() const;

 private:
  struct Worker;
  struct Impl;
  LogMel(int n_mels, std::unique_ptr<Impl> impl);
  int n_mels_;
  std::unique_ptr<Impl> impl_;
};

// Largest element, kSilence_log10 at least.
float max_energy(ConstMatrixF32 log_energies);

// In place: x = (max(x, max_log10 - 8) + 4) / 4.
void normalize_log_mel(MatrixF32 log_energies, float max_log10);

}  // namespace sotto
