#include "vad/silero.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

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
// Positions that a convolution makes of so many, and of one of zeros at either end.
constexpr int positions_after(int positions, int step) {
  return (positions + 2 - kTaps) / step + 1;
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

// Frames that are computed together: products of fewer rows wait for their weights and for their
// own sums. Only the product with what is remembered goes frame by frame.
constexpr int kBatch = 12;
// Batches that the workers of a pool share at a time: it takes them a while to wake up. A batch
// takes 150 KB.
constexpr int kSharedBatches = 8;

// Frame by frame rows of kWidth numbers.
template <int kPositions, int kWidth>
using Layer = float[kBatch][kPositions][kWidth];

}  // namespace

// Frames whose convolutions one worker computes, and room for that.
struct SileroStream::Batch {
  // Frames that are complete, and then one that has begun: its context and `pending` samples.
  float signal[kBatch + 1][kSignal_samples] = {};
  int complete = 0;
  int pending = 0;
  silero::FoldedWindow folded[kBatch] = {};
  Layer<kWindows, kBins> magnitude = {};
  Layer<kPositions1, kShapes[0].out> y1 = {};
  Layer<kPositions2, kShapes[1].out> y2 = {};
  Layer<kPositions3, kShapes[2].out> y3 = {};
  float y4[kBatch][kCells] = {};
  float gates[kBatch][4 * kCells] = {};

  std::span<const float> take(std::span<const float> samples);
  void complete_frame();
  void transform(const SileroWeights& w);
  void convolve(const SileroWeights& w);
  void compute(const SileroWeights& w);
};

// What the stream remembers.
struct SileroStream::State {
  // All before `filling` are full.
  std::vector<Batch> batches;
  size_t filling = 0;
  float h[kCells] = {};
  float c[kCells] = {};

  Batch& begun() { return batches[filling]; }
  void go_on_in(size_t batch);
  float decide(const SileroWeights& w, float* sums);
  void compute(const SileroWeights& w, ThreadPool* pool, FunctionRef<void(float)> on_frame);
};

// Returns the samples that did not fit into the frame that has begun.
std::span<const float> SileroStream::Batch::take(std::span<const float> samples) {
  const auto room = static_cast<size_t>(kVadFrame_samples - pending);
  const size_t count = std::min(room, samples.size());
  float* to = signal[complete] + kVadContext_samples + pending;
  std::transform(samples.begin(), samples.begin() + static_cast<ptrdiff_t>(count), to, usable);
  pending += static_cast<int>(count);
  if (pending == kVadFrame_samples) complete_frame();
  return samples.subspan(count);
}

void SileroStream::Batch::complete_frame() {
  constexpr int kEnd = kVadContext_samples + kVadFrame_samples;
  float* frame = signal[complete];
  // The last sample is the mirror and does not come twice.
  for (int j = 0; j < kMirror_samples; ++j) frame[kEnd + j] = frame[kEnd - 2 - j];
  std::copy_n(frame + kVadFrame_samples, kVadContext_samples, signal[++complete]);
  pending = 0;
}

void SileroStream::Batch::transform(const SileroWeights& w) {
  for (int t = 0; t < kWindows; ++t) {
    silero::magnitudes({signal[0] + t * kHop_samples, complete, kFft_samples, kSignal_samples},
                       w.stft, folded, {magnitude[0][t], complete, kBins, kWindows * kBins});
  }
}

void SileroStream::Batch::convolve(const SileroWeights& w) {
  struct {
    const float* in;
    int in_positions;
    float* out;
    int out_positions;
  } const layers[kConvolutions] = {
      {magnitude[0][0], kWindows, y1[0][0], kPositions1},
      {y1[0][0], kPositions1, y2[0][0], kPositions2},
      {y2[0][0], kPositions2, y3[0][0], kPositions3},
      {y3[0][0], kPositions3, y4[0], 1},
  };
  for (int i = 0; i < kConvolutions; ++i) {
    const auto& [in, in_positions, out, out_positions] = layers[i];
    const silero::ConvolutionShape& shape = kShapes[i];
    for (int p = 0; p < out_positions; ++p) {
      // The positions that an output reads stand side by side; those of zeros do not exist.
      const int first = p * shape.step - 1;
      const int begin = std::max(first, 0), end = std::min(first + kTaps, in_positions);
      const ConstMatrixF32 windows(in + begin * shape.in, complete, (end - begin) * shape.in,
                                   in_positions * shape.in);
      const MatrixF32 y(out + p * shape.out, complete, shape.out, out_positions * shape.out);
      gemm_f32(windows, w.matrix[kSileroConv + i].behind((begin - first) * shape.in),
               w.vector[kSileroConvBias + i], Epilogue::kStore, y);
      relu(y);
    }
  }
}

// All but what depends on the frames before.
void SileroStream::Batch::compute(const SileroWeights& w) {
  transform(w);
  convolve(w);
  gemm_f32({y4[0], complete, kCells}, w.matrix[kSileroLstmInput], w.vector[kSileroLstmInputBias],
           Epilogue::kStore, {gates[0], complete, 4 * kCells});
}

float SileroStream::State::decide(const SileroWeights& w, float* sums) {
  gemm_f32({h, 1, kCells}, w.matrix[kSileroLstmState], w.vector[kSileroLstmStateBias],
           Epilogue::kResidual, {sums, 1, 4 * kCells});
  lstm_cell_f32(sums, kCells, c, h);
  const float* final_weight = w.vector[kSileroFinalWeight];
  float score = *w.vector[kSileroFinalBias];
  for (int j = 0; j < kCells; ++j) score += final_weight[j] * std::max(h[j], 0.0f);
  sigmoid_f32(&score, 1);
  return score;
}

// The frame that has begun comes first in another batch, or in the same again.
void SileroStream::State::go_on_in(size_t batch) {
  const Batch& from = begun();
  Batch& to = batches[batch];
  std::copy_n(from.signal[from.complete], kVadContext_samples + from.pending, to.signal[0]);
  to.pending = from.pending;
  to.complete = 0;
  filling = batch;
}

// The frames that are complete.
void SileroStream::State::compute(const SileroWeights& w, ThreadPool* pool,
                                  FunctionRef<void(float)> on_frame) {
  const int count = static_cast<int>(filling) + (begun().complete > 0 ? 1 : 0);
  const auto compute_batch = [&](int i, int) { batches[i].compute(w); };
  if (pool != nullptr && count > 1) {
    pool->run(count, compute_batch);
  } else {
    for (int i = 0; i < count; ++i) compute_batch(i, 0);
  }
  for (int i = 0; i < count; ++i) {
    for (int f = 0; f < batches[i].complete; ++f) on_frame(decide(w, batches[i].gates[f]));
  }
  go_on_in(0);
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

SileroStream::SileroStream(const Silero& model, ThreadPool* pool)
    : weights_(&model.weights()), pool_(pool), state_(std::make_unique<State>()) {
  state_->batches.resize(pool == nullptr || pool->workers() == 1 ? 1 : kSharedBatches);
}
SileroStream::~SileroStream() = default;
SileroStream::SileroStream(SileroStream&&) noexcept = default;
SileroStream& SileroStream::operator=(SileroStream&&) noexcept = default;

void SileroStream::push(std::span<const float> samples,
                        FunctionRef<void(float probability)> on_frame) {
  State& state = *state_;
  while (!samples.empty()) {
    samples = state.begun().take(samples);
    if (state.begun().complete < kBatch) continue;
    if (state.filling + 1 < state.batches.size()) {
      state.go_on_in(state.filling + 1);
    } else {
      state.compute(*weights_, pool_, on_frame);
    }
  }
  state.compute(*weights_, pool_, on_frame);
}

void SileroStream::finish(FunctionRef<void(float probability)> on_frame) {
  Batch& begun = state_->begun();
  if (begun.pending > 0) {
    float* frame = begun.signal[0] + kVadContext_samples;
    std::fill(frame + begun.pending, frame + kVadFrame_samples, 0.0f);
    begun.complete_frame();
    state_->compute(*weights_, pool_, on_frame);
  }
  reset();
}

void SileroStream::reset() {
  State& state = *state_;
  Batch& begun = state.begun();
  begun.pending = 0;
  std::fill_n(begun.signal[0], kVadContext_samples, 0.0f);
  std::fill_n(state.h, kCells, 0.0f);
  std::fill_n(state.c, kCells, 0.0f);
}

}  // namespace sotto
