#include "quant/formats.h"

#include "quant/kquants.h"

namespace sotto {
namespace {

// Bytes of block_elements(), or 0 where the type has no rows of its own.
size_t block_bytes(DType dtype) {
  switch (dtype) {
    case DType::kF32:
    case DType::kI32: return 4;
    case DType::kF16:
    case DType::kBF16:
    case DType::kI16: return 2;
    case DType::kI8: return 1;
    case DType::kQ8_0: return kQ8_0BlockBytes;
    case DType::kQ5_0: return kQ5_0BlockBytes;
    case DType::kQ5_1: return kQ5_1BlockBytes;
    case DType::kQ4_0: return kQ4_0BlockBytes;
    case DType::kQ4_1: return kQ4_1BlockBytes;
    case DType::kQ4_K: return sizeof(BlockQ4K);
    case DType::kQ5_K: return sizeof(BlockQ5K);
    case DType::kQ6_K: return sizeof(BlockQ6K);
    case DType::kQ8Tiles: return 0;
  }
  return 0;
}

}  // namespace

size_t block_elements(DType dtype) {
  switch (dtype) {
    case DType::kQ8_0:
    case DType::kQ5_0:
    case DType::kQ5_1:
    case DType::kQ4_0:
    case DType::kQ4_1: return kGgmlBlock;
    case DType::kQ4_K:
    case DType::kQ5_K:
    case DType::kQ6_K: return kSuperBlock;
    default: return 1;
  }
}

size_t row_bytes(DType dtype, size_t k) {
  const size_t block = block_elements(dtype);
  return k % block == 0 ? k / block * block_bytes(dtype) : 0;
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
    case DType::kQ4_K: return "q4_k";
    case DType::kQ5_K: return "q5_k";
    case DType::kQ6_K: return "q6_k";
  }
  return "unknown";
}

}  // namespace sotto
