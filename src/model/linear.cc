#include "model/linear.h"

#include <algorithm>

#include "kernels/gelu.h"
#include "kernels/gemm_f32.h"
#include "kernels/gemm_q8.h"
#include "kernels/gemv_k.h"
#include "kernels/gemv_q8_0.h"
#include "kernels/layer_norm.h"
#include "quant/pack.h"

namespace sotto {

namespace {

// The input as f32 kernels take it.
ConstMatrixF32 prepare(const LinearInput& input) {
  if (input.norm != nullptr) {
    layer_norm_f32(input.x, input.norm->gamma, input.norm->beta, input.memory);
  }
  if (input.is_gelu) {
    for (int r = 0; r < input.memory.rows; ++r) gelu_f32(input.memory.row(r), input.memory.cols);
  }
  return input.norm != nullptr || input.is_gelu ? ConstMatrixF32(input.memory) : input.x;
}

// The same for int8 kernels.
template <class Rows>
void quantize(const LinearInput& input, Rows& rows) {
  if (input.norm != nullptr) {
    layer_norm_quantize(input.x, input.norm->gamma, input.norm->beta, input.memory.row(0), rows);
  } else if (input.is_gelu) {
    gelu_quantize(input.x, input.memory.row(0), rows);
  } else {
    quantize_rows(input.x, rows);
  }
}

void apply_packed(const Linear& linear, const LinearInput& input, Epilogue epilogue, MatrixF32 y,
                  LinearScratch& scratch) {
  if (is_k_quant(linear.packed.dtype)) {
    quantize_blocks(prepare(input), scratch.blocks);
    gemv_k(scratch.blocks, linear.packed, linear.bias, epilogue, y);
  } else {
    quantize(input, scratch.rows);
    gemv_q8_0(scratch.rows, linear.packed, linear.bias, epilogue, y);
  }
}

// Weights that a thread takes at a time: a few microseconds of reading, so that the last ones to be
// done do not keep the others waiting.
constexpr size_t kShare_bytes = 64 * 1024;

// Calls part(first, count) for ranges of the outputs, each by one thread of the pool.
void share_outputs(const Linear& linear, ThreadPool* pool, FunctionRef<void(int, int)> part) {
  if (pool == nullptr || pool->workers() == 1) {
    part(0, linear.n);
    return;
  }
  const size_t weight_bytes = linear.is_q8() ? sizeof(int8_t) : sizeof(float);
  const size_t tile_bytes = weight_bytes * kTileN * static_cast<size_t>(linear.k);
  const int share = kTileN * std::max(1, static_cast<int>(kShare_bytes / tile_bytes));
  pool->run((linear.n + share - 1) / share,
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
  if (activations == Activations::kFine || simd::fine_is_faster()) {
    scratch.fine.q = layout.take<simd::FineDot::Input>(count * padded_k(max_k));
    scratch.fine.scale = scratch.rows.scale;
    scratch.fine.zero = scratch.rows.zero;
  }
  scratch.blocks.q = scratch.rows.q;
  scratch.blocks.totals =
      layout.take<BlockTotals>(count * static_cast<size_t>(max_k / kSuperBlock));
  return scratch;
}

void apply(const Linear& linear, const LinearInput& input, Epilogue epilogue, MatrixF32 y,
           LinearScratch& scratch, ThreadPool* pool) {
  if (linear.is_packed()) {
    apply_packed(linear, input, epilogue, y, scratch);
    return;
  }
  const auto bias = [&](int first) {
    return linear.bias == nullptr ? nullptr : linear.bias + first;
  };
  if (!linear.is_q8()) {
    const ConstMatrixF32 x = prepare(input);
    share_outputs(linear, pool, [&](int first, int count) {
      gemm_f32(x, linear.f32.row_range(first, count), bias(first), epilogue,
               y.col_range(first, count));
    });
    return;
  }
  const auto multiply = [&](auto& rows) {
    quantize(input, rows);
    share_outputs(linear, pool, [&](int first, int count) {
      gemm_q8(rows, linear.q8.row_range(first, count), bias(first), epilogue,
              y.col_range(first, count));
    });
  };
  if (scratch.fine.q != nullptr) {
    multiply(scratch.fine);
  } else {
    multiply(scratch.rows);
  }
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
