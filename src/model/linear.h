// A linear layer, whose weights are int8 or f32 tiles, or blocks of ggml that stay packed.
#pragma once

#include "base/arena.h"
#include "base/tensor.h"
#include "base/thread_pool.h"
#include "kernels/epilogue.h"
#include "kernels/quantize_blocks.h"
#include "kernels/quantize_rows.h"
#include "quant/formats.h"
#include "quant/kquants.h"

namespace sotto {

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
// hidden values never exist for more of them. Register tiles of 2, 4 and 6 rows divide it, and it
// divides the 1500 positions of a window.
inline constexpr int kBlockRows = 60;

// How the inputs of int8 layers are quantised.
enum class Activations {
  kFast,  // as the fastest inner product wants them: 7 to 11 bits
  kFine,  // 11 bits, for a few rows at a time, whose products wait for the weights anyway
};

// Where the inputs of int8 layers are quantised: enough for max_rows rows of max_k inputs.
struct LinearScratch {
  int max_rows = 0;
  int max_k = 0;
  QuantRows rows;
  FineRows fine;     // used in place of `rows` where it has memory
  BlockRows blocks;  // for packed layers, in the same memory but for the totals

  static LinearScratch take(ArenaLayout& layout, int max_rows, int max_k, Activations activations);
};

// y[m, n] = epilogue(x[m, k] W[n, k]^T + bias[n]); m <= scratch.max_rows. y may be x's memory only
// where the weights are not f32, as the input is copied first; callers do not rely on it.
void apply(const Linear& linear, ConstMatrixF32 x, Epilogue epilogue, MatrixF32 y,
           LinearScratch& scratch);

// The same, bit for bit, by the threads of a pool, each of which takes some of the outputs: for the
// few rows of a decoder, whose time is that of reading the weights. Packed weights are left to the
// caller alone.
void apply(const Linear& linear, ConstMatrixF32 x, Epilogue epilogue, MatrixF32 y,
           LinearScratch& scratch, ThreadPool& pool);

// out[k] = W[row, :], for the token embedding.
void read_row(const Linear& linear, int row, float* out);

}  // namespace sotto
