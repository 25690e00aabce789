#include "quant/dequantize.h"

#include <bit>
#include <cstring>

#include "quant/kquants.h"

namespace sotto {
namespace {

// Unaligned little-endian fields; every target of ours is little endian.
template <class T>
T load(const uint8_t* p) {
  T value;
  std::memcpy(&value, p, sizeof(T));
  return value;
}

float load_f16(const uint8_t* p) { return f16_to_f32(load<uint16_t>(p)); }

// out[32] = d * (q - zero) + m, where q is a nibble and, where `high_bits` has it, a fifth bit.
void dequantize_nibbles(const uint8_t* nibbles, uint32_t high_bits, float d, int zero, float m,
                        float* out) {
  constexpr int kHalf = kGgmlBlock / 2;
  for (int j = 0; j < kHalf; ++j) {
    const int low = (nibbles[j] & 15) | static_cast<int>((high_bits >> j & 1) << 4);
    const int high = (nibbles[j] >> 4) | static_cast<int>((high_bits >> (j + kHalf) & 1) << 4);
    out[j] = d * static_cast<float>(low - zero) + m;
    out[j + kHalf] = d * static_cast<float>(high - zero) + m;
  }
}

void dequantize_q8_0(const uint8_t* block, float* out) {
  const float d = load_f16(block);
  for (int j = 0; j < kGgmlBlock; ++j) {
    out[j] = d * static_cast<float>(static_cast<int8_t>(block[2 + j]));
  }
}

void dequantize_q5_0(const uint8_t* block, float* out) {
  dequantize_nibbles(block + 6, load<uint32_t>(block + 2), load_f16(block), 16, 0.0f, out);
}

void dequantize_q5_1(const uint8_t* block, float* out) {
  dequantize_nibbles(block + 8, load<uint32_t>(block + 4), load_f16(block), 0, load_f16(block + 2),
                     out);
}

void dequantize_q4_0(const uint8_t* block, float* out) {
  dequantize_nibbles(block + 2, 0, load_f16(block), 8, 0.0f, out);
}

void dequantize_q4_1(const uint8_t* block, float* out) {
  dequantize_nibbles(block + 4, 0, load_f16(block), 0, load_f16(block + 2), out);
}

template <void (*kBlock)(const uint8_t*, float*)>
void dequantize_blocks(const uint8_t* row, int k, size_t block_bytes, float* out) {
  for (int i = 0; i + kGgmlBlock <= k; i += kGgmlBlock, row += block_bytes) kBlock(row, out + i);
}

void dequantize_super_blocks(DType dtype, const uint8_t* row, int k, float* out) {
  const size_t block_bytes = row_bytes(dtype, kSuperBlock);
  for (int i = 0; i + kSuperBlock <= k; i += kSuperBlock, row += block_bytes) {
    expand(read_super_block(dtype, row), out + i);
  }
}

template <class T>
void convert_integers(const uint8_t* row, int k, float* out) {
  for (int i = 0; i < k; ++i) {
    out[i] = static_cast<float>(load<T>(row + static_cast<size_t>(i) * sizeof(T)));
  }
}

}  // namespace

float f16_to_f32(uint16_t half) {
  // The half's exponent and mantissa in a float's place are too small by the difference of the
  // biases, 2^112: a multiplication that is exact, for subnormal halves too.
  const uint32_t magnitude = static_cast<uint32_t>(half & 0x7fffu) << 13;
  const float scaled = std::bit_cast<float>(magnitude) * 0x1p112f;
  uint32_t bits = std::bit_cast<uint32_t>(scaled);
  if (magnitude >= 31u << 23) bits |= 0xffu << 23;  // infinity and NaN
  return std::bit_cast<float>(bits | static_cast<uint32_t>(half & 0x8000u) << 16);
}

uint16_t f32_to_f16(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  const uint16_t sign = static_cast<uint16_t>(bits >> 16 & 0x8000u);
  const uint32_t magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u) return static_cast<uint16_t>(sign | 0x7e00u);  // NaN
  // 65520 and more lies beyond the largest half, 65504, and half the step above it.
  if (magnitude >= std::bit_cast<uint32_t>(65520.0f)) return static_cast<uint16_t>(sign | 0x7c00u);
  if (magnitude < 113u << 23) {
    // Subnormal: a float of 0.5 has steps of 2^-24, the half's last place, so the adder rounds.
    const float shifted = std::bit_cast<float>(magnitude) + 0.5f;
    return static_cast<uint16_t>(sign | (std::bit_cast<uint32_t>(shifted) - (126u << 23)));
  }
  // Half of the last place kept, less one where the kept part is even: ties go to even.
  const uint32_t rounding = 0x0fffu + (magnitude >> 13 & 1u);
  return static_cast<uint16_t>(sign | ((magnitude - (112u << 23) + rounding) >> 13));
}

void dequantize_row(DType dtype, const uint8_t* row, int k, float* out) {
  switch (dtype) {
    case DType::kF32:
      if (k > 0) std::memcpy(out, row, static_cast<size_t>(k) * sizeof(float));
      break;
    case DType::kF16:
      for (int i = 0; i < k; ++i) out[i] = load_f16(row + static_cast<size_t>(i) * 2);
      break;
    case DType::kBF16:
      for (int i = 0; i < k; ++i) {
        const uint32_t upper = load<uint16_t>(row + static_cast<size_t>(i) * 2);
        out[i] = std::bit_cast<float>(upper << 16);
      }
      break;
    case DType::kI8: convert_integers<int8_t>(row, k, out); break;
    case DType::kI16: convert_integers<int16_t>(row, k, out); break;
    case DType::kI32: convert_integers<int32_t>(row, k, out); break;
    case DType::kQ8_0: dequantize_blocks<dequantize_q8_0>(row, k, kQ8_0BlockBytes, out); break;
    case DType::kQ5_0: dequantize_blocks<dequantize_q5_0>(row, k, kQ5_0BlockBytes, out); break;
    case DType::kQ5_1: dequantize_blocks<dequantize_q5_1>(row, k, kQ5_1BlockBytes, out); break;
    case DType::kQ4_0: dequantize_blocks<dequantize_q4_0>(row, k, kQ4_0BlockBytes, out); break;
    case DType::kQ4_1: dequantize_blocks<dequantize_q4_1>(row, k, kQ4_1BlockBytes, out); break;
    case DType::kQ4_K:
    case DType::kQ5_K:
    case DType::kQ6_K: dequantize_super_blocks(dtype, row, k, out); break;
    case DType::kQ8Tiles: break;  // has no rows; see pack.h
  }
}

}  // namespace sotto
