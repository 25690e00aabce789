#include "vad/silero.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/tensor.h"
#include "kernels/gemm_f32.h"
#include "kernels/lstm_cell.h"
#include "kernels/sigmoid.h"
#include "vad/silero_weights.h"

namespace sotto {
namespace {

using silero::kBins;
using silero::kCells;
using silero::kConvolutions;
using silero::kFft_samples;
using silero::kShapes;
using silero::kTaps;

constexpr int kHop_samples = kFft_samples / 2;
constexpr int kMirror_samples = 64;
constexpr int kSignal_samples = kVadContext_samples + kVadFrame_samples + kMirror_samples;
constexpr int kWindows = (kSignal_samples - kFft_samples) / kHop_samples + 1;
// With a position of zeros at either end.
constexpr int padded(int positions) { return positions + 2; }
// Positions that a convolution makes of so many.
constexpr int positions_after(int positions, int step) {
  return (padded(positions) - kTaps) / step + 1;
}
constexpr int kPositions1 = positions_after(kWindows, kShapes[0].step);
constexpr int kPositions2 = positions_after(kPositions1, kShapes[1].step);
constexpr int kPositions3 = positions_after(kPositions2, kShapes[2].step);
static_assert(kPositions1 == 4 && kPositions2 == 2 && kPositions3 == 1 &&
              positions_after(kPositions3, kShapes[3].step) == 1);

// Samples of 16-bit files that nobody scaled stay below, and what the network makes of them stays
// far within f32.
constexpr float kLargestSample = 1e6f;

// False for NaN as well.
float usable(float x) { return std::abs(x) <= kLargestSample ? x : 0.0f; }

void relu(MatrixF32 x) {
  for (int r = 0; r < x.rows; ++r) {
    float* row = x.row(r);
    for (int c = 0; c < x.cols; ++c) row[c] = std::max(row[c], 0.0f);
  }
}

// The rows between the zeros.
template <int kRows, int kCols>
MatrixF32 inner(float (&x)[kRows][kCols]) {
  return {x[1], kRows - 2, kCols};
}

}  // namespace

// What the stream remembers, and room to compute in. Rows of zeros stay so.
struct SileroStream::State {
  float signal[kSignal_samples] = {};
  float spectrum[kWindows][2 * kBins] = {};
  float magnitude[padded(kWindows)][kBins] = {};
  float y1[padded(kPositions1)][kShapes[0].out] = {};
  float y2[padded(kPositions2)][kShapes[1].out] = {};
  float y3[padded(kPositions3)][kShapes[2].out] = {};
  float y4[1][kCells] = {};
  float gates[4 * kCells] = {};
  float h[kCells] = {};
  float c[kCells] = {};
  // The frame that is not yet complete: frame[pending].
  float frame[kVadFrame_samples] = {};
  int pending = 0;

  void begin_frame(std::span<const float, kVadFrame_samples> samples);
  void transform(const SileroWeights& w);
  void convolve(const SileroWeights& w);
  float decide(const SileroWeights& w);
};

void SileroStream::State::begin_frame(std::span<const float, kVadFrame_samples> samples) {
  constexpr int kEnd = kVadContext_samples + kVadFrame_samples;
  std::copy_n(signal + kVadFrame_samples, kVadContext_samples, signal);
  std::transform(samples.begin(), samples.end(), signal + kVadContext_samples, usable);
  // The last sample is the mirror and does not come twice.
  for (int j = 0; j < kMirror_samples; ++j) signal[kEnd + j] = signal[kEnd - 2 - j];
}

void SileroStream::State::transform(const SileroWeights& w) {
  // Windows overlap, and so do the rows of the product.
  gemm_f32({signal, kWindows, kFft_samples, kHop_samples}, w.matrix[kSileroStft], nullptr,
           Epilogue::kStore, {spectrum[0], kWindows, 2 * kBins});
  for (int t = 0; t < kWindows; ++t) {
    const float* real = spectrum[t];
    const float* imaginary = spectrum[t] + kBins;
    for (int bin = 0; bin < kBins; ++bin) {
      const float power = real[bin] * real[bin] + imaginary[bin] * imaginary[bin];
      magnitude[t + 1][bin] = std::sqrt(power);
    }
  }
}

void SileroStream::State::convolve(const SileroWeights& w) {
  const float* in[kConvolutions] = {magnitude[0], y1[0], y2[0], y3[0]};
  const MatrixF32 out[kConvolutions] = {inner(y1), inner(y2), inner(y3), {y4[0], 1, kCells}};
  for (int i = 0; i < kConvolutions; ++i) {
    // The three positions that an output reads stand side by side.
    const ConstMatrixF32 windows(in[i], out[i].rows, kTaps * kShapes[i].in,
                                 kShapes[i].step * kShapes[i].in);
    gemm_f32(windows, w.matrix[kSileroConv + i], w.vector[kSileroConvBias + i], Epilogue::kStore,
             out[i]);
    relu(out[i]);
  }
}

float SileroStream::State::decide(const SileroWeights& w) {
  const MatrixF32 sums(gates, 1, 4 * kCells);
  gemm_f32({y4[0], 1, kCells}, w.matrix[kSileroLstmInput], w.vector[kSileroLstmInputBias],
           Epilogue::kStore, sums);
  gemm_f32({h, 1, kCells}, w.matrix[kSileroLstmState], w.vector[kSileroLstmStateBias],
           Epilogue::kResidual, sums);
  lstm_cell_f32(gates, kCells, c, h);
  const float* final_weight = w.vector[kSileroFinalWeight];
  float score = *w.vector[kSileroFinalBias];
  for (int j = 0; j < kCells; ++j) score += final_weight[j] * std::max(h[j], 0.0f);
  sigmoid_f32(&score, 1);
  return score;
}

Silero::Silero(std::unique_ptr<SileroWeights> weights) : weights_(std::move(weights)) {}
Silero::~Silero() = default;
Silero::Silero(Silero&&) noexcept = default;
Silero& Silero::operator=(Silero&&) noexcept = default;

Result<Silero> Silero::load(ByteSource& source) {
  auto weights = std::make_unique<SileroWeights>();
  SOTTO_TRY(load_silero_weights(source, *weights));
  return Silero(std::move(weights));
}

SileroStream::SileroStream(const Silero& model)
    : weights_(&model.weights()), state_(std::make_unique<State>()) {}
SileroStream::~SileroStream() = default;
SileroStream::SileroStream(SileroStream&&) noexcept = default;
SileroStream& SileroStream::operator=(SileroStream&&) noexcept = default;

float SileroStream::process(std::span<const float, kVadFrame_samples> frame) {
  state_->begin_frame(frame);
  state_->transform(*weights_);
  state_->convolve(*weights_);
  return state_->decide(*weights_);
}

void SileroStream::push(std::span<const float> samples,
                        FunctionRef<void(float probability)> on_frame) {
  State& state = *state_;
  while (!samples.empty()) {
    const auto room = static_cast<size_t>(kVadFrame_samples - state.pending);
    const size_t count = std::min(room, samples.size());
    std::copy_n(samples.data(), count, state.frame + state.pending);
    samples = samples.subspan(count);
    state.pending += static_cast<int>(count);
    if (state.pending < kVadFrame_samples) return;
    state.pending = 0;
    on_frame(process(state.frame));
  }
}

void SileroStream::finish(FunctionRef<void(float probability)> on_frame) {
  State& state = *state_;
  if (state.pending > 0) {
    std::fill(state.frame + state.pending, state.frame + kVadFrame_samples, 0.0f);
    on_frame(process(state.frame));
  }
  reset();
}

void SileroStream::reset() { *state_ = State(); }

}  // namespace sotto
