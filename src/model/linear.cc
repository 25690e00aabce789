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

// Weights that a thread takes at a time: a few microseconds of reading, so that the last ones to be
// done do not keep the others waiting.
constexpr size_t kShare_bytes = 64 * 1024;
// Outputs that one thread alone computes before something is done with them: 8 KiB a row.
constexpr int kAloneOutputs = 2048;

// Bytes of the weights of kTileN outputs.
size_t tile_bytes(const Linear& linear) {
  if (linear.is_packed()) return linear.packed.tile_bytes();
  if (linear.is_q8()) return linear.q8.tile_bytes();
  return sizeof(float) * kTileN * static_cast<size_t>(linear.k);
}

// Calls part(first, count) for ranges of the outputs, each by one thread of the pool, and `after`.
void share_outputs(const Linear& linear, ThreadPool* pool, const AfterOutputs* after,
                   FunctionRef<void(int, int)> part) {
  const bool alone = pool == nullptr || pool->workers() == 1;
  if (alone && after == nullptr) {
    part(0, linear.n);
    return;
  }
  const int step = after == nullptr ? kTileN : after->step;
  const int wanted =
      alone ? kAloneOutputs : kTileN * static_cast<int>(kShare_bytes / tile_bytes(linear));
  const int share = step * std::max(1, wanted / step);
  const auto run = [&](int i, int) {
    const int first = i * share, count = std::min(share, linear.n - first);
    part(first, count);
    if (after != nullptr) after->run(first, count);
  };
  const int shares = (linear.n + share - 1) / share;
  if (alone) {
    for (int i = 0; i < shares; ++i) run(i, 0);
  } else {
    pool->run(shares, run);
  }
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

void apply(const Linear& linear, const LinearInput& input, Epilogue epilogue, MatrixF32 y,
           LinearScratch& scratch, ThreadPool* pool, const AfterOutputs* after) {
  const auto bias = [&](int first) {
    return linear.bias == nullptr ? nullptr : linear.bias + first;
  };
  // Calls multiply(first, count, bias, y) for parts of the outputs.
  const auto share = [&](auto multiply) {
    share_outputs(linear, pool, after, [&](int first, int count) {
      multiply(first, count, bias(first), y.col_range(first, count));
    });
  };
  const auto multiply_q8 = [&](auto& rows) {
    quantize(input, rows);
    share([&](int first, int count, const float* b, MatrixF32 out) {
      gemm_q8(rows, linear.q8.row_range(first, count), b, epilogue, out);
    });
  };
  if (linear.is_packed() && is_k_quant(linear.packed.dtype)) {
    quantize_blocks(prepare(input), scratch.blocks);
    share([&](int first, int count, const float* b, MatrixF32 out) {
      gemv_k(scratch.blocks, linear.packed.row_range(first, count), b, epilogue, out);
    });
  } else if (linear.is_packed()) {
    scratch.rows.range = simd::FastDot::range();
    quantize(input, scratch.rows);
    share([&](int first, int count, const float* b, MatrixF32 out) {
      gemv_q8_0(scratch.rows, linear.packed.row_range(first, count), b, epilogue, out);
    });
  } else if (!linear.is_q8()) {
    const ConstMatrixF32 x = prepare(input);
    share([&](int first, int count, const float* b, MatrixF32 out) {
      gemm_f32(x, linear.f32.row_range(first, count), b, epilogue, out);
    });
  } else if (scratch.fine.q != nullptr) {
    multiply_q8(scratch.fine);
  } else {
    scratch.rows.range = input.is_coarse ? simd::FastDot::coarse_range() : input_range(linear.q8);
    multiply_q8(scratch.rows);
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
