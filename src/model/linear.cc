#include "model/linear.h"

#include "kernels/gemm_f32.h"
#include "kernels/gemm_q8.h"
#include "quant/pack.h"

namespace sotto {

LinearScratch LinearScratch::take(ArenaLayout& layout, int max_rows, int max_k) {
  LinearScratch scratch;
  scratch.max_rows = max_rows;
  scratch.max_k = max_k;
  scratch.rows.q = layout.take<simd::DotInput>(static_cast<size_t>(max_rows) * padded_k(max_k));
  scratch.rows.scale = layout.take<float>(max_rows);
  scratch.rows.zero = layout.take<int32_t>(max_rows);
  return scratch;
}

void apply(const Linear& linear, ConstMatrixF32 x, Epilogue epilogue, MatrixF32 y,
           LinearScratch& scratch) {
  if (!linear.is_q8()) {
    gemm_f32(x, linear.f32, linear.bias, epilogue, y);
    return;
  }
  quantize_rows(x, scratch.rows);
  gemm_q8(scratch.rows, linear.q8, linear.bias, epilogue, y);
}

void read_row(const Linear& linear, int row, float* out) {
  if (linear.is_q8()) {
    unpack_q8_row(linear.q8, row, out);
  } else {
    unpack_f32_row(linear.f32, row, out);
  }
}

}  // namespace sotto
