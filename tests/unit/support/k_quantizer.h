// Floats to blocks of ggml's K-quants, for tests: a plain search for scales, written from the
// drawings in quant/kquants.h.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

#include "quant/dequantize.h"
#include "quant/kquants.h"

namespace sotto::test {

inline void put_half(float value, uint8_t* out) {
  const uint16_t half = f32_to_f16(value);
  std::memcpy(out, &half, sizeof(half));
}

inline int nearest_in(float value, int lo, int hi) {
  return std::clamp(static_cast<int>(std::nearbyint(value)), lo, hi);
}

// w is about scale * q - offset, q in [0, levels); of a few scales below the one that reaches both
// ends, the one with the smallest squared error.
struct GroupFit {
  float scale = 0;
  float offset = 0;
};
inline GroupFit fit_group(const float* w, int count, int levels) {
  const float lowest = std::min(0.0f, *std::min_element(w, w + count));
  const float highest = std::max(0.0f, *std::max_element(w, w + count));
  GroupFit best;
  double best_error = HUGE_VAL;
  for (const float shrink : {1.0f, 0.95f, 0.9f, 0.85f}) {
    const GroupFit fit{shrink * (highest - lowest) / static_cast<float>(levels - 1),
                       -shrink * lowest};
    double error = 0;
    for (int i = 0; i < count; ++i) {
      const float exact = fit.scale > 0 ? (w[i] + fit.offset) / fit.scale : 0;
      const int q = nearest_in(exact, 0, levels - 1);
      const double off = fit.scale * static_cast<float>(q) - fit.offset - w[i];
      error += off * off;
    }
    if (error < best_error) best_error = error, best = fit;
  }
  return best;
}

inline float half_of(const uint8_t* bytes) {
  uint16_t half;
  std::memcpy(&half, bytes, sizeof(half));
  return f16_to_f32(half);
}

// q4_K or q5_K, whose blocks differ by `high`.
template <class Block>
Block encode_q45_k(const float* w, uint8_t* high) {
  const int levels = high == nullptr ? 16 : 32;
  GroupFit fits[8];
  float max_scale = 0, max_offset = 0;
  for (int g = 0; g < 8; ++g) {
    fits[g] = fit_group(w + 32 * g, 32, levels);
    max_scale = std::max(max_scale, fits[g].scale);
    max_offset = std::max(max_offset, fits[g].offset);
  }
  Block block = {};
  put_half(max_scale / 63, block.d);
  put_half(max_offset / 63, block.dmin);
  const float d = half_of(block.d), dmin = half_of(block.dmin);
  for (int g = 0; g < 8; ++g) {
    const int scale = d > 0 ? nearest_in(fits[g].scale / d, 0, 63) : 0;
    const int min = dmin > 0 ? nearest_in(fits[g].offset / dmin, 0, 63) : 0;
    if (g < 4) {
      block.scales[g] = static_cast<uint8_t>(block.scales[g] | scale);
      block.scales[g + 4] = static_cast<uint8_t>(block.scales[g + 4] | min);
    } else {
      block.scales[g + 4] = static_cast<uint8_t>((scale & 15) | (min & 15) << 4);
      block.scales[g - 4] = static_cast<uint8_t>(block.scales[g - 4] | (scale >> 4) << 6);
      block.scales[g] = static_cast<uint8_t>(block.scales[g] | (min >> 4) << 6);
    }
    for (int j = 0; j < 32; ++j) {
      const float step = d * static_cast<float>(scale);
      const float exact = step > 0 ? (w[32 * g + j] + dmin * static_cast<float>(min)) / step : 0;
      const int q = nearest_in(exact, 0, levels - 1);
      uint8_t& byte = block.nibbles[32 * (g / 2) + j];
      byte = static_cast<uint8_t>(byte | (q & 15) << (g % 2 == 0 ? 0 : 4));
      if (high != nullptr) high[j] = static_cast<uint8_t>(high[j] | (q >> 4) << g);
    }
  }
  return block;
}

inline BlockQ6K encode_q6_k(const float* w) {
  float steps[16], largest = 0;
  for (int g = 0; g < 16; ++g) {
    float magnitude = 0;
    for (int j = 0; j < 16; ++j) magnitude = std::max(magnitude, std::fabs(w[16 * g + j]));
    steps[g] = magnitude / 31;
    largest = std::max(largest, steps[g]);
  }
  BlockQ6K block = {};
  put_half(largest / 127, block.d);
  const float d = half_of(block.d);
  for (int i = 0; i < kSuperBlock; ++i) {
    const int g = i / 16;
    const int scale = d > 0 ? nearest_in(steps[g] / d, 0, 127) : 0;
    block.scales[g] = static_cast<int8_t>(scale);
    const float step = d * static_cast<float>(scale);
    const int q = nearest_in(step > 0 ? w[i] / step : 0, -32, 31) + 32;
    const int h = i / 128, c = i % 128 / 32, j = i % 32;
    uint8_t& low = block.nibbles[64 * h + 32 * (c % 2) + j];
    low = static_cast<uint8_t>(low | (q & 15) << (c < 2 ? 0 : 4));
    uint8_t& high = block.high[32 * h + j];
    high = static_cast<uint8_t>(high | (q >> 4) << 2 * c);
  }
  return block;
}

// Appends the block of type `dtype` for w[256].
inline void encode_k_block(const float* w, DType dtype, std::vector<uint8_t>& out) {
  const size_t size = row_bytes(dtype, kSuperBlock), at = out.size();
  out.resize(at + size);
  if (dtype == DType::kQ4_K) {
    const BlockQ4K block = encode_q45_k<BlockQ4K>(w, nullptr);
    std::memcpy(out.data() + at, &block, size);
  } else if (dtype == DType::kQ5_K) {
    uint8_t high[32] = {};
    BlockQ5K block = encode_q45_k<BlockQ5K>(w, high);
    std::memcpy(block.high, high, sizeof(high));
    std::memcpy(out.data() + at, &block, size);
  } else {
    const BlockQ6K block = encode_q6_k(w);
    std::memcpy(out.data() + at, &block, size);
  }
}

// q8_0: w[32].
inline void encode_q8_0_block(const float* w, std::vector<uint8_t>& out) {
  float largest = 0;
  for (int j = 0; j < kGgmlBlock; ++j) largest = std::max(largest, std::fabs(w[j]));
  uint8_t block[kQ8_0BlockBytes];
  put_half(largest / 127, block);
  for (int j = 0; j < kGgmlBlock; ++j) {
    const float q = largest > 0 ? std::round(w[j] / largest * 127) : 0;
    block[2 + j] = static_cast<uint8_t>(static_cast<int8_t>(q));
  }
  out.insert(out.end(), block, block + sizeof(block));
}

// Any type that KTiles hold; w.size() is a multiple of its block.
inline std::vector<uint8_t> encode_blocks(const std::vector<float>& w, DType dtype) {
  std::vector<uint8_t> out;
  for (size_t i = 0; i < w.size(); i += block_elements(dtype)) {
    if (dtype == DType::kQ8_0) {
      encode_q8_0_block(w.data() + i, out);
    } else {
      encode_k_block(w.data() + i, dtype, out);
    }
  }
  return out;
}

}  // namespace sotto::test
