// A linear layer, whose weights are int8 or f32 tiles, or blocks of ggml that stay packed.
#pragma once

#include "base/arena.h"
#include "base/function_ref.h"
#include "base/tensor.h"
#include "base/thread_pool.h"
#include "kernels/epilogue.h"
#include "kernels/quantize_blocks.h"
#include "kernels/quantize_rows.h"
#include "quant/formats.h"
#include "quant/kquants.h"

namespace sotto {

// Of layer_norm_f32, [k] each. Not owned.
struct LayerNormWeights {
  float* gamma = nullptr;
  float* beta = nullptr;
};

// W[n, k] and bias[n] (nullptr: none), not owned. Exactly one of q8, f32 and packed has tiles.
struct Linear {
  int n = 0;
  int k = 0;
  Q8Tiles q8;
  F32Tiles f32;
  float* bias = nullptr;
  KTiles packed;  // for a few rows of x only, as the decoder has them

  bool is_q8() const { return q8.tiles != nullptr; }
  bool is_packed() const { return packed.tiles != nullptr; }
};

// Rows that pass through the encoder's layers together. Their activations (60 x 1536 floats for
// tiny) stay in the second-level cache from one product to the next, and the feed-forward layer's
// hidden values never exist for more of them. Register tiles of 2, 4, 5 and 6 rows divide it, and
// it divides the 1500 positions of a window.
inline constexpr int kBlockRows = 60;

// How the inputs of int8 layers are quantised.
enum class Activations {
  kFast,  // as the fastest inner product wants them: 7 to 8, or 11 bits
  kFine,  // 11 bits, for a few rows at a time, whose products wait for the weights anyway
};

// Where the inputs of int8 layers are quantised: enough for max_rows rows of max_k inputs.
struct LinearScratch {
  int max_rows = 0;
  int max_k = 0;
  QuantRows rows;
  FineRows fine;     // used in place of `rows` where it has memory (Activations::kFine)
  BlockRows blocks;  // for packed layers, in the same memory but for the totals

  static LinearScratch take(ArenaLayout& layout, int max_rows, int max_k, Activations activations);
};

// What a layer multiplies: x[m, k], or what a function makes of it first. Where the layer's inputs
// are quantised, that is one pass, and no more than a row of the function's results exists.
struct LinearInput {
  LinearInput(ConstMatrixF32 x) : x(x) {}  // NOLINT: what is plain needs no name
  LinearInput(MatrixF32 x) : x(x) {}       // NOLINT

  // norm(x); `memory` of x's size is for its rows.
  static LinearInput normed(ConstMatrixF32 x, const LayerNormWeights& norm, MatrixF32 memory) {
    LinearInput input(x);
    input.norm = &norm;
    input.memory = memory;
    return input;
  }
  // gelu(x), for which x's own memory is used.
  static LinearInput gelu(MatrixF32 x) {
    LinearInput input(x);
    input.is_gelu = true;
    input.memory = x;
    return input;
  }

  // The same, quantised to fewer steps where that is faster (simd::coarse_range_of): for rows on
  // which little depends, and for layers that bear it.
  LinearInput coarse(bool is_coarse) const {
    LinearInput input(*this);
    input.is_coarse = is_coarse;
    return input;
  }

  ConstMatrixF32 x;
  const LayerNormWeights* norm = nullptr;
  bool is_gelu = false;
  bool is_coarse = false;
  MatrixF32 memory;
};

// What is to be done with outputs by the thread that has just computed them, while its caches hold
// them: run(first, count) for outputs [first, first + count), where `first` is a multiple of
// `step`, itself one of 8, and so is `count` but for the last ones.
struct AfterOutputs {
  int step;
  FunctionRef<void(int first, int count)> run;
};

// y[m, n] = epilogue(input[m, k] W[n, k]^T + bias[n]); m <= scratch.max_rows. y may be x's memory
// only where the weights are not f32, as the input is copied first; callers do not rely on it.
//
// The threads of `pool` (nullptr: the caller alone) take some of the outputs each, without a change
// of a bit: for the few rows of a decoder, whose time is that of reading the weights.
void apply(const Linear& linear, const LinearInput& input, Epilogue epilogue, MatrixF32 y,
           LinearScratch& scratch, ThreadPool* pool = nullptr, const AfterOutputs* after = nullptr);

// out[k] = W[row, :], for the token embedding.
void read_row(const Linear& linear, int row, float* out);

}  // namespace sotto
