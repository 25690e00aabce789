#include "model/linear.h"

#include <algorithm>

#include "kernels/gemm_f32.h"
#include "kernels/gemm_q8.h"
#include "kernels/gemv_k.h"
#include "kernels/gemv_q8_0.h"
#include "quant/pack.h"

namespace sotto {

namespace {

void apply_packed(const Linear& linear, ConstMatrixF32 x, Epilogue epilogue, MatrixF32 y,
                  LinearScratch& scratch) {
  if (is_k_quant(linear.packed.dtype)) {
    quantize_blocks(x, scratch.blocks);
    gemv_k(scratch.blocks, linear.packed, linear.bias, epilogue, y);
  } else {
    quantize_rows(x, scratch.rows);
    gemv_q8_0(scratch.rows, linear.packed, linear.bias, epilogue, y);
  }
}

// Weights that a thread takes at a time: a few microseconds of reading, so that the last ones to be
// done do not keep the others waiting.
constexpr size_t kShare_bytes = 64 * 1024;

// Calls part(first, count) for ranges of the outputs, each by one thread of the pool.
void share_outputs(const Linear& linear, ThreadPool& pool, FunctionRef<void(int, int)> part) {
  if (pool.workers() == 1) {
    part(0, linear.n);
    return;
  }
  const size_t weight_bytes = linear.is_q8() ? sizeof(int8_t) : sizeof(float);
  const size_t tile_bytes = weight_bytes * kTileN * static_cast<size_t>(linear.k);
  const int share = kTileN * std::max(1, static_cast<int>(kShare_bytes / tile_bytes));
  pool.run((linear.n + share - 1) / share,
           [&](int i, int) { part(i * share, std::min(share, linear.n - i * share)); });
}

}  // namespace

LinearScratch LinearScratch::take(ArenaLayout& layout, int max_rows, int max_k,
                                  Activations activations) {
  LinearScratch scratch;
  scratch.max_rows = max_rows;
  scratch.max_k = max_k;
  const auto count = static_cast<size_t>(max_rows);
  scratch.rows.q = layout.take<simd::DotInput>(count * padded_k(max_k));
  scratch.rows.scale = layout.take<float>(count);
  scratch.rows.zero = layout.take<int32_t>(count);
  if (activations == Activations::kFine) {
    scratch.fine.q = layout.take<simd::FineDot::Input>(count * padded_k(max_k));
    scratch.fine.scale = scratch.rows.scale;
    scratch.fine.zero = scratch.rows.zero;
  }
  scratch.blocks.q = scratch.rows.q;
  scratch.blocks.totals =
      layout.take<BlockTotals>(count * static_cast<size_t>(max_k / kSuperBlock));
  return scratch;
}

void apply(const Linear& linear, ConstMatrixF32 x, Epilogue epilogue, MatrixF32 y,
           LinearScratch& scratch) {
  ThreadPool caller_only(1);
  apply(linear, x, epilogue, y, scratch, caller_only);
}

void apply(const Linear& linear, ConstMatrixF32 x, Epilogue epilogue, MatrixF32 y,
           LinearScratch& scratch, ThreadPool& pool) {
  if (linear.is_packed()) {
    apply_packed(linear, x, epilogue, y, scratch);
    return;
  }
  const bool fine = scratch.fine.q != nullptr;
  if (linear.is_q8() && fine) quantize_rows(x, scratch.fine);
  if (linear.is_q8() && !fine) quantize_rows(x, scratch.rows);
  share_outputs(linear, pool, [&](int first, int count) {
    const float* bias = linear.bias == nullptr ? nullptr : linear.bias + first;
    const MatrixF32 part = y.col_range(first, count);
    if (!linear.is_q8()) {
      gemm_f32(x, linear.f32.row_range(first, count), bias, epilogue, part);
    } else if (fine) {
      gemm_q8(scratch.fine, linear.q8.row_range(first, count), bias, epilogue, part);
    } else {
      gemm_q8(scratch.rows, linear.q8.row_range(first, count), bias, epilogue, part);
    }
  });
}

void read_row(const Linear& linear, int row, float* out) {
  if (linear.is_packed()) {
    unpack_k_row(linear.packed, row, out);
  } else if (linear.is_q8()) {
    unpack_q8_row(linear.q8, row, out);
  } else {
    unpack_f32_row(linear.f32, row, out);
  }
}

}  // namespace sotto
