// Weight matrices for kernel tests: rows, and the same rows as tiles.
#pragma once

#include <utility>
#include <vector>

#include "quant/formats.h"
#include "quant/pack.h"
#include "quant/split_quads.h"

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
  // With its heavy pairs split, as where pairs of products saturate.
  OwnedQ8& split() {
    ArenaLayout sizes;
    const size_t count = count_heavy_quads(view);
    take_split_quads(view, count, sizes);
    memory = std::move(Arena::reserve(sizes.total_bytes()).value());
    ArenaLayout layout(memory);
    take_split_quads(view, count, layout);
    split_quads(view);
    return *this;
  }

  Arena memory;
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
