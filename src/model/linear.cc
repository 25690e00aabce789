#include "model/linear.h"

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

}  // namespace

LinearScratch LinearScratch::take(ArenaLayout& layout, int max_rows, int max_k,
                                  Activations activations) {
  LinearScratch scratch;
  scratch.max_rows = max_rows;
  scratch.max_k = max_k;
  scratch.rows.q = layout.take<simd::DotInput>(static_cast<size_t>(max_rows) * padded_k(max_k));
  scratch.rows.scale = layout.take<float>(max_rows);
  scratch.rows.zero = layout.take<int32_t>(max_rows);
  const auto count = static_cast<size_t>(max_rows);
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
  if (linear.is_packed()) {
    apply_packed(linear, x, epilogue, y, scratch);
    return;
  }
  if (!linear.is_q8()) {
    gemm_f32(x, linear.f32, linear.bias, epilogue, y);
    return;
  }
  if (scratch.fine.q != nullptr) {
    quantize_rows(x, scratch.fine);
    gemm_q8(scratch.fine, linear.q8, linear.bias, epilogue, y);
  } else {
    quantize_rows(x, scratch.rows);
    gemm_q8(scratch.rows, linear.q8, linear.bias, epilogue, y);
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
