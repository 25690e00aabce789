// Is somebody speaking? Silero VAD v6 at 16 kHz (github.com/snakers4/silero-vad, MIT), a small
// recurrent network that gives a probability for every 32 ms.
//
//   x[640]     the 64 samples before the frame and its 512, x[0..575], then x[574], x[573] ... as
//              a mirror of 64
//   s[4, 258]  = windows of 256 samples, 128 apart, times stft[258, 256]^T
//   m[4, 129]  = sqrt(s[:, :129]^2 + s[:, 129:]^2), as in vad/silero_spectrum.h
//   y          [4, 128], [2, 64], [1, 64], [1, 128]: relu(convolution + bias) one after another,
//              three taps, a position of zeros at either end, steps of 1, 2, 2, 1
//   h, c[128]  = LSTM(y, h, c)
//   p          = sigmoid(final . relu(h) + bias)
//
// Source: the package silero-vad 6.2.3, its ONNX graph and tinygrad_model.py.
#pragma once

#include <memory>
#include <span>

#include "base/function_ref.h"
#include "base/status.h"
#include "base/thread_pool.h"
#include "io/byte_reader.h"

namespace sotto {

inline constexpr int kVadSampleRate_hz = 16000;
inline constexpr int kVadFrame_samples = 512;
inline constexpr int kVadContext_samples = 64;

struct SileroWeights;

// The weights. Any number of streams may read them at a time.
class Silero {
 public:
  // From a safetensors file; errors as in vad/silero_weights.h.
  static Result<Silero> load(ByteSource& source);
  ~Silero();
  Silero(Silero&&) noexcept;
  Silero& operator=(Silero&&) noexcept;

  const SileroWeights& weights() const { return *weights_; }

 private:
  explicit Silero(std::unique_ptr<SileroWeights> weights);
  std::unique_ptr<SileroWeights> weights_;
};

// One stream of audio, and what the network remembers of it. Allocates only when it is made.
class SileroStream {
 public:
  // The model's weights and the pool must outlive the stream. With a pool, many frames at once are
  // shared among its workers; the probabilities are the same.
  explicit SileroStream(const Silero& model, ThreadPool* pool = nullptr);
  ~SileroStream();
  SileroStream(SileroStream&&) noexcept;
  SileroStream& operator=(SileroStream&&) noexcept;

  // Any number of samples, in [-1, 1]; those that are not finite or beyond 1e6 count as zero.
  // Calls on_frame for each frame that they complete, with the probability of speech in it, in
  // [0, 1]. Many frames at once take half the time that they take one by one.
  void push(std::span<const float> samples, FunctionRef<void(float probability)> on_frame);
  // The end of the audio: a frame that has begun is filled up with zeros. Then as reset().
  void finish(FunctionRef<void(float probability)> on_frame);
  // Forgets all, as if new.
  void reset();

 private:
  struct Batch;
  struct State;
  const SileroWeights* weights_;
  ThreadPool* pool_;
  std::unique_ptr<State> state_;
};

}  // namespace sotto
