#include "quant/kquants.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "quant/dequantize.h"
#include "unit/support/k_matrices.h"
#include "unit/support/k_quantizer.h"
#include "unit/support/random.h"

using namespace sotto;

namespace {

std::vector<float> dequantized(DType dtype, const std::vector<uint8_t>& bytes, int elements) {
  std::vector<float> values(elements);
  dequantize_row(dtype, bytes.data(), elements, values.data());
  return values;
}

}  // namespace

TEST_CASE("k tiles: rows come back to the bit, whatever the blocks hold") {
  test::Random random(41);
  for (const DType dtype : test::kPackedTypes) {
    for (const int n : {1, 7, 8, 9, 21}) {
      for (const int blocks : {1, 2, 3}) {
        const int k = blocks * static_cast<int>(block_elements(dtype));
        INFO(std::string(dtype_name(dtype)) << ' ' << n << " x " << k);
        const std::vector<uint8_t> bytes =
            test::random_blocks(dtype, static_cast<size_t>(n) * k, random);
        const std::vector<float> expected = dequantized(dtype, bytes, n * k);
        const test::OwnedKTiles tiles(dtype, bytes, n, k);
        std::vector<float> row(k);
        for (int r = 0; r < n; ++r) {
          unpack_k_row(tiles.view, r, row.data());
          REQUIRE(std::equal(row.begin(), row.end(), expected.begin() + r * k));
        }
        for (int r = n; r < padded_n(n); ++r) {
          unpack_k_row(tiles.view, r, row.data());
          REQUIRE(std::all_of(row.begin(), row.end(), [](float w) { return w == 0.0f; }));
        }
      }
    }
  }
}

TEST_CASE("k tiles: rows may come in several calls") {
  test::Random random(42);
  for (const DType dtype : test::kPackedTypes) {
    const int n = 11, k = 512;
    const std::vector<uint8_t> bytes = test::random_blocks(dtype, n * k, random);
    const test::OwnedKTiles whole(dtype, bytes, n, k);
    test::OwnedKTiles pieces(dtype, bytes, n, k);
    std::fill(pieces.tiles.begin(), pieces.tiles.end(), 55);
    std::fill(pieces.row_sum.begin(), pieces.row_sum.end(), 55.0f);
    const size_t row = row_bytes(dtype, k);
    pack_k_rows(bytes.data(), 0, 3, pieces.view);
    pack_k_rows(bytes.data() + 3 * row, 3, 7, pieces.view);
    pack_k_rows(bytes.data() + 10 * row, 10, 1, pieces.view);
    CHECK(pieces.tiles == whole.tiles);
    if (dtype == DType::kQ8_0) CHECK(pieces.row_sum == whole.row_sum);
  }
}

TEST_CASE("k tiles: blocks whose scales are no numbers count as zeros") {
  test::Random random(43);
  for (const DType dtype : test::kPackedTypes) {
    for (const uint16_t bad : {uint16_t{0x7c00}, uint16_t{0xfc00}, uint16_t{0x7e00}}) {
      for (const size_t offset : test::scale_offsets(dtype)) {
        const int block = static_cast<int>(block_elements(dtype)), k = 2 * block;
        std::vector<uint8_t> bytes = test::random_blocks(dtype, k, random);
        std::memcpy(bytes.data() + offset, &bad, sizeof(bad));
        const test::OwnedKTiles tiles(dtype, bytes, 1, k);
        std::vector<float> row(k);
        unpack_k_row(tiles.view, 0, row.data());
        CHECK(std::all_of(row.begin(), row.begin() + block, [](float w) { return w == 0.0f; }));
        CHECK(std::any_of(row.begin() + block, row.end(), [](float w) { return w != 0.0f; }));
        if (dtype == DType::kQ8_0) CHECK(std::isfinite(tiles.row_sum[0]));
      }
    }
  }
}

TEST_CASE("k tiles: sizes, and which rows fit") {
  CHECK(k_tiles_bytes(DType::kQ4_K, 9, 512) == 2 * 2 * sizeof(TileQ4K));
  CHECK(k_tiles_bytes(DType::kQ5_K, 8, 256) == sizeof(TileQ5K));
  CHECK(k_tiles_bytes(DType::kQ6_K, 8, 768) == 3 * sizeof(TileQ6K));
  CHECK(k_tiles_bytes(DType::kQ8_0, 1, 384) == 12 * sizeof(TileQ8_0));
  for (const DType dtype : test::kKTypes) {
    CHECK(has_k_tiles(dtype, 512));
    CHECK_FALSE(has_k_tiles(dtype, 384));
    CHECK(row_bytes(dtype, 384) == 0);
  }
  CHECK(has_k_tiles(DType::kQ8_0, 384));
  CHECK_FALSE(has_k_tiles(DType::kQ8_0, 400));
  for (const DType dtype : {DType::kF32, DType::kF16, DType::kQ5_0, DType::kQ8Tiles}) {
    CHECK_FALSE(has_k_tiles(dtype, 512));
  }
}

// What keeps the tests' own models honest.
TEST_CASE("the tests' quantiser stays within half a step of what it was given") {
  test::Random random(44);
  const int k = 2 * kSuperBlock;
  const std::vector<float> w = random.floats(k);
  // A uniform group of width 2 in so many levels, and scales of 6 bits (8 in q6_K), a half and
  // shrinking ranges on top.
  const double levels[] = {15, 31, 62};
  for (int i = 0; i < 3; ++i) {
    const DType dtype = test::kKTypes[i];
    const std::vector<float> back = dequantized(dtype, test::encode_blocks(w, dtype), k);
    double squares = 0;
    for (int j = 0; j < k; ++j) squares += (back[j] - w[j]) * (back[j] - w[j]);
    const double uniform = 2 / levels[i] / std::sqrt(12.0);
    INFO(std::string(dtype_name(dtype)) << ": " << std::sqrt(squares / k) << " for " << uniform);
    CHECK(std::sqrt(squares / k) < 1.3 * uniform);
  }
}
