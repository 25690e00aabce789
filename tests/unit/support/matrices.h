// Weight matrices for kernel tests: rows, and the same rows as tiles.
#pragma once

#include <vector>

#include "quant/formats.h"
#include "quant/pack.h"

namespace sotto::test {

// int8 tiles that own their memory. Filled with rubbish first, so that what packing forgets shows.
struct OwnedQ8 {
  std::vector<float> scale;
  std::vector<int32_t> row_sum;
  std::vector<int8_t> tiles;
  Q8Tiles view;

  OwnedQ8(const std::vector<float>& rows, int n, int k)
      : scale(padded_n(n), 77.0f),
        row_sum(padded_n(n), 77),
        tiles(static_cast<size_t>(padded_n(n)) * padded_k(k), 77) {
    view = {n, k, scale.data(), row_sum.data(), tiles.data()};
    pack_q8_rows(rows.data(), 0, n, view);
  }
};

struct OwnedF32 {
  std::vector<float> tiles;
  F32Tiles view;

  OwnedF32(const std::vector<float>& rows, int n, int k) : tiles(f32_tiles_count(n, k), 77.0f) {
    view = {n, k, tiles.data()};
    pack_f32_rows(rows.data(), 0, n, view);
  }
};

}  // namespace sotto::test
