// Weights for inner products whose sums of two products saturate at 16 bits, as those of x86
// without VNNI do.
#pragma once

#include "base/arena.h"
#include "quant/formats.h"

namespace sotto {

// Whether this processor's do (simd::in_pairs).
bool needs_split_quads();

// The quads of w that hold two neighbouring weights of one sign which add up to more than
// simd::kLightPair.
size_t count_heavy_quads(const Q8Tiles& w);

// Memory for so many of them; in the first pass of a layout w is left as it is.
void take_split_quads(Q8Tiles& w, size_t count, ArenaLayout& layout);

// Halves them: what remains in the tiles and what is now in w.split add up to what was there, and
// no such pair of either exceeds simd::kLightPair. row_sum does not change. With activations of
// light_range() every sum of two products then fits 16 bits. A tenth of the quads of Whisper's
// encoders are split (docs/performance.md).
void split_quads(Q8Tiles& w);

}  // namespace sotto
