// How the fixtures' weights become the bytes of a file, as plainly as it can be written.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "quant/dequantize.h"
#include "unit/io/model_fixtures.h"
#include "unit/support/k_quantizer.h"

namespace sotto::test {
namespace {

void push_half(float value, std::vector<uint8_t>& out) {
  const uint16_t half = f32_to_f16(value);
  out.push_back(static_cast<uint8_t>(half & 255));
  out.push_back(static_cast<uint8_t>(half >> 8));
}

// One block: q = round((w - m) / d) + zero within [0, levels).
void encode_block(const float* w, DType dtype, std::vector<uint8_t>& out) {
  const auto [low, high] = std::minmax_element(w, w + kGgmlBlock);
  const float largest = std::max(std::fabs(*low), std::fabs(*high));
  const bool five_bits = dtype == DType::kQ5_0 || dtype == DType::kQ5_1;
  const bool has_m = dtype == DType::kQ5_1 || dtype == DType::kQ4_1;
  const int levels = five_bits ? 32 : 16;
  const float d = has_m ? (*high - *low) / (levels - 1) : largest / (levels / 2 - 1);
  const float m = has_m ? *low : -d * (levels / 2);
  push_half(d, out);
  if (has_m) push_half(m, out);
  uint32_t high_bits = 0;
  uint8_t nibbles[16] = {};
  for (int j = 0; j < kGgmlBlock; ++j) {
    const float exact = d > 0 ? std::round((w[j] - m) / d) : 0;
    const int q = std::clamp(static_cast<int>(exact), 0, levels - 1);
    nibbles[j % 16] = static_cast<uint8_t>(nibbles[j % 16] | (q & 15) << (j < 16 ? 0 : 4));
    high_bits |= static_cast<uint32_t>(q >> 4) << j;
  }
  for (int i = 0; five_bits && i < 4; ++i) {
    out.push_back(static_cast<uint8_t>(high_bits >> (8 * i)));
  }
  out.insert(out.end(), nibbles, nibbles + 16);
}

// CTranslate2: int8 with a scale a row, int16 with one scale for all (10 bits).
void encode_integers(const std::vector<float>& w, uint32_t rows, DType dtype,
                     std::vector<float>& scales, std::vector<uint8_t>& out) {
  const size_t groups = dtype == DType::kI8 ? rows : 1;
  const size_t size = w.size() / groups;
  for (size_t g = 0; g < groups; ++g) {
    float largest = 0;
    for (size_t i = 0; i < size; ++i) largest = std::max(largest, std::fabs(w[g * size + i]));
    const float scale = largest == 0 ? 1 : (dtype == DType::kI8 ? 127.0f : 1024.0f) / largest;
    scales.push_back(scale);
    for (size_t i = 0; i < size; ++i) {
      const auto q = static_cast<int16_t>(std::round(w[g * size + i] * scale));
      out.push_back(static_cast<uint8_t>(q & 255));
      if (dtype == DType::kI16) out.push_back(static_cast<uint8_t>(q >> 8));
    }
  }
}

}  // namespace

std::vector<uint8_t> encode_weights(const std::vector<float>& weights, uint32_t rows, DType dtype,
                                    std::vector<float>* scales) {
  std::vector<uint8_t> out;
  std::vector<float> unused;
  switch (dtype) {
    case DType::kF32:
      out.resize(weights.size() * sizeof(float));
      std::memcpy(out.data(), weights.data(), out.size());
      break;
    case DType::kF16:
      for (const float w : weights) push_half(w, out);
      break;
    case DType::kBF16:
      for (const float w : weights) {
        uint32_t bits;
        std::memcpy(&bits, &w, sizeof(bits));
        out.push_back(static_cast<uint8_t>(bits >> 16 & 255));
        out.push_back(static_cast<uint8_t>(bits >> 24));
      }
      break;
    case DType::kI8:
    case DType::kI16:
      encode_integers(weights, rows, dtype, scales != nullptr ? *scales : unused, out);
      break;
    case DType::kQ8_0:
    case DType::kQ4_K:
    case DType::kQ5_K:
    case DType::kQ6_K:
      REQUIRE(weights.size() / rows % block_elements(dtype) == 0);
      return encode_blocks(weights, dtype);
    default:
      REQUIRE(weights.size() / rows % kGgmlBlock == 0);
      for (size_t i = 0; i < weights.size(); i += kGgmlBlock) {
        encode_block(weights.data() + i, dtype, out);
      }
  }
  return out;
}

}  // namespace sotto::test
