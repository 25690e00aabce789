// Matrices of ggml blocks for kernel tests: the bytes of a file, and the same rows as tiles.
#pragma once

#include <cstring>
#include <vector>

#include "quant/dequantize.h"
#include "quant/kquants.h"
#include "unit/support/random.h"

namespace sotto::test {

inline constexpr DType kKTypes[] = {DType::kQ4_K, DType::kQ5_K, DType::kQ6_K};
inline constexpr DType kPackedTypes[] = {DType::kQ4_K, DType::kQ5_K, DType::kQ6_K, DType::kQ8_0};

// Where the scales of a block stand.
inline std::vector<size_t> scale_offsets(DType dtype) {
  if (dtype == DType::kQ6_K) return {sizeof(BlockQ6K) - 2};
  if (dtype == DType::kQ8_0) return {0};
  return {0, 2};
}

// Blocks of random bits, every value of every field among them; scales are halves about 2^-8 that
// are finite, of either sign.
inline std::vector<uint8_t> random_blocks(DType dtype, size_t elements, Random& random) {
  std::vector<uint8_t> bytes(row_bytes(dtype, elements));
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random.u32());
  const size_t block = row_bytes(dtype, block_elements(dtype));
  for (size_t at = 0; at < bytes.size(); at += block) {
    for (const size_t offset : scale_offsets(dtype)) {
      const uint16_t half = f32_to_f16(random.uniform(-0x1p-7f, 0x1p-7f));
      std::memcpy(bytes.data() + at + offset, &half, sizeof(half));
    }
  }
  return bytes;
}

// Tiles that own their memory. Filled with rubbish first, so that what packing forgets shows.
struct OwnedKTiles {
  std::vector<uint8_t> tiles;
  std::vector<float> row_sum;
  KTiles view;

  OwnedKTiles(DType dtype, const std::vector<uint8_t>& rows, int n, int k)
      : tiles(k_tiles_bytes(dtype, n, k), 77), row_sum(padded_n(n), 77.0f) {
    view = {dtype, n, k, tiles.data(), row_sum.data()};
    pack_k_rows(rows.data(), 0, n, view);
  }
};

}  // namespace sotto::test
