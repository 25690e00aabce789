#include "quant/split_quads.h"

#include <algorithm>

#include "simd/simd.h"

namespace sotto {

using namespace simd;

namespace {

constexpr int kQuad_bytes = 4 * kTileStepK;

// Sums of neighbours, the negative ones counted as 0.
I16x8 pair_sums(I16x8 lo, I16x8 hi) {
  const I16x8 zero = splat_i16(0), one = splat_i16(1);
  int16_t sums[8];
  store_i16x8(sums, dot_pairs(max(lo, zero), one), dot_pairs(max(hi, zero), one));
  return load(sums);
}

bool is_heavy(const int8_t* quad) {
  const I16x8 zero = splat_i16(0), lo = widen_i8x8(quad), hi = widen_i8x8(quad + 8);
  const I16x8 above = pair_sums(lo, hi);
  const I16x8 below = pair_sums(sub_saturated(zero, lo), sub_saturated(zero, hi));
  return max_lane(max(above, below)) > kLightPair;
}

// Calls visit(half, input, quad) for every heavy quad, in the order of SplitQuads; `half` counts
// the halves of all tiles.
template <class Visit>
void for_heavy_quads(const Q8Tiles& w, Visit&& visit) {
  for (size_t half = 0; half < 2 * w.tile_count(); ++half) {
    int8_t* quad = w.tiles + w.tile_bytes() * (half / 2) + kQuad_bytes * (half % 2);
    for (int input = 0; input < padded_k(w.k); input += kTileStepK, quad += 2 * kQuad_bytes) {
      if (is_heavy(quad)) visit(half, static_cast<uint32_t>(input), quad);
    }
  }
}

}  // namespace

bool needs_split_quads() { return in_pairs(); }

size_t count_heavy_quads(const Q8Tiles& w) {
  size_t count = 0;
  for_heavy_quads(w, [&](size_t, uint32_t, int8_t*) { ++count; });
  return count;
}

void take_split_quads(Q8Tiles& w, size_t count, ArenaLayout& layout) {
  SplitQuads split;
  split.first = layout.take<uint32_t>(2 * w.tile_count() + 1);
  split.input = layout.take<uint32_t>(count);
  split.weights = layout.take<int8_t>(count * kQuad_bytes);
  if (split.first != nullptr) w.split = split;
}

void split_quads(Q8Tiles& w) {
  uint32_t count = 0;
  for_heavy_quads(w, [&](size_t half, uint32_t input, int8_t* quad) {
    w.split.input[count] = input;
    int8_t* taken = w.split.weights + size_t{count} * kQuad_bytes;
    for (int i = 0; i < kQuad_bytes; ++i) {
      // Half, rounded to zero: with 127 it leaves 64.
      taken[i] = static_cast<int8_t>(quad[i] / 2);
      quad[i] = static_cast<int8_t>(quad[i] - taken[i]);
    }
    ++count;
    w.split.first[half + 1] = count;
  });
  // Halves without such quads end where the one before them does.
  for (size_t half = 0; half < 2 * w.tile_count(); ++half) {
    w.split.first[half + 1] = std::max(w.split.first[half + 1], w.split.first[half]);
  }
}

}  // namespace sotto
