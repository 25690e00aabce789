#include "quant/kquants.h"

#include <cmath>
#include <cstring>

#include "quant/dequantize.h"

namespace sotto {
namespace {

float load_f16(const uint8_t* bytes) {
  uint16_t half;
  std::memcpy(&half, bytes, sizeof(half));
  return f16_to_f32(half);
}

// The eight 6-bit scales and minimums of q4_K and q5_K.
void read_scales(const uint8_t* scales, SuperBlock& out) {
  for (int i = 0; i < 4; ++i) {
    const int scale = scales[i], min = scales[i + 4], low = scales[i + 8];
    out.scale[i] = static_cast<int8_t>(scale & 63);
    out.min[i] = static_cast<int8_t>(min & 63);
    out.scale[i + 4] = static_cast<int8_t>((low & 15) | (scale >> 6) << 4);
    out.min[i + 4] = static_cast<int8_t>(low >> 4 | (min >> 6) << 4);
  }
}

void read_nibbles(const uint8_t* nibbles, SuperBlock& out) {
  for (int c = 0; c < kSuperBlock / 64; ++c) {
    for (int j = 0; j < 32; ++j) {
      const uint8_t byte = nibbles[32 * c + j];
      out.q[64 * c + j] = byte & 15;
      out.q[64 * c + 32 + j] = byte >> 4;
    }
  }
}

// The part that q4_k and q5_k have in common.
template <class Block>
SuperBlock read_four_bits(const uint8_t* bytes, Block& block) {
  std::memcpy(&block, bytes, sizeof(block));
  SuperBlock out;
  out.d = load_f16(block.d);
  out.dmin = load_f16(block.dmin);
  read_scales(block.scales, out);
  read_nibbles(block.nibbles, out);
  return out;
}

SuperBlock read_q4_k(const uint8_t* bytes) {
  BlockQ4K block;
  return read_four_bits(bytes, block);
}

SuperBlock read_q5_k(const uint8_t* bytes) {
  BlockQ5K block;
  SuperBlock out = read_four_bits(bytes, block);
  for (int i = 0; i < kSuperBlock; ++i) {
    out.q[i] = static_cast<uint8_t>(out.q[i] | (block.high[i % 32] >> (i / 32) & 1) << 4);
  }
  return out;
}

SuperBlock read_q6_k(const uint8_t* bytes) {
  BlockQ6K block;
  std::memcpy(&block, bytes, sizeof(block));
  SuperBlock out;
  out.d = load_f16(block.d);
  out.group = 16;
  out.zero = 32;
  std::memcpy(out.scale, block.scales, sizeof(block.scales));
  for (int i = 0; i < kSuperBlock; ++i) {
    const int h = i / 128, c = i % 128 / 32, j = i % 32;
    const int byte = block.nibbles[64 * h + 32 * (c % 2) + j];
    const int low = c < 2 ? byte & 15 : byte >> 4;
    out.q[i] = static_cast<uint8_t>(low | (block.high[32 * h + j] >> (2 * c) & 3) << 4);
  }
  return out;
}

}  // namespace

SuperBlock read_super_block(DType dtype, const uint8_t* block) {
  if (dtype == DType::kQ4_K) return read_q4_k(block);
  if (dtype == DType::kQ5_K) return read_q5_k(block);
  return read_q6_k(block);
}

void expand(const SuperBlock& block, float* out) {
  for (int i = 0; i < kSuperBlock; ++i) {
    const int g = i / block.group;
    const float scale = block.d * static_cast<float>(block.scale[g]);
    const float min = block.dmin * static_cast<float>(block.min[g]);
    out[i] = scale * static_cast<float>(block.q[i] - block.zero) - min;
  }
}

}  // namespace sotto
