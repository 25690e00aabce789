#include "quant/formats.h"

namespace sotto {
namespace {

// Bytes of a row of k elements in blocks of 32, or 0 where k is no multiple of it.
size_t block_row_bytes(size_t k, size_t block_bytes) {
  if (k % kGgmlBlock != 0) return 0;
  return k / kGgmlBlock * block_bytes;
}

}  // namespace

size_t row_bytes(DType dtype, size_t k) {
  switch (dtype) {
    case DType::kF32:
    case DType::kI32: return k * 4;
    case DType::kF16:
    case DType::kBF16:
    case DType::kI16: return k * 2;
    case DType::kI8: return k;
    case DType::kQ8_0: return block_row_bytes(k, kQ8_0BlockBytes);
    case DType::kQ5_0: return block_row_bytes(k, kQ5_0BlockBytes);
    case DType::kQ5_1: return block_row_bytes(k, kQ5_1BlockBytes);
    case DType::kQ4_0: return block_row_bytes(k, kQ4_0BlockBytes);
    case DType::kQ4_1: return block_row_bytes(k, kQ4_1BlockBytes);
    case DType::kQ8Tiles: return 0;
  }
  return 0;
}

const char* dtype_name(DType dtype) {
  switch (dtype) {
    case DType::kF32: return "f32";
    case DType::kF16: return "f16";
    case DType::kI8: return "i8";
    case DType::kI16: return "i16";
    case DType::kI32: return "i32";
    case DType::kQ8_0: return "q8_0";
    case DType::kQ5_0: return "q5_0";
    case DType::kQ5_1: return "q5_1";
    case DType::kQ4_0: return "q4_0";
    case DType::kQ4_1: return "q4_1";
    case DType::kQ8Tiles: return "q8";
    case DType::kBF16: return "bf16";
  }
  return "unknown";
}

}  // namespace sotto
