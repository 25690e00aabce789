// From the element types of model files to f32.
#pragma once

#include <cstdint>

#include "quant/formats.h"

namespace sotto {

// IEEE 754 half to single precision, exact for every finite value, infinity and NaN.
float f16_to_f32(uint16_t half);
// Single to half precision, rounding half to even; overflow becomes infinity.
uint16_t f32_to_f16(float value);

// out[k] from one row of `dtype` (kF32, kF16, kBF16, and the ggml blocks, whose k is a multiple of
// block_elements(dtype); kI8, kI16 and kI32 give the bare integers). `row` holds row_bytes(dtype,
// k) bytes, unaligned.
void dequantize_row(DType dtype, const uint8_t* row, int k, float* out);

}  // namespace sotto
