// From rows as files hold them to the tiles that kernels read, once, at load.
#pragma once

#include "quant/formats.h"

namespace sotto {

// Quantises rows [first, first + count) of W, given as w[count, w.k] f32 contiguous, into `tiles`
// (scale, row_sum and weights): scale = max|w| / 127, q = round half to even (w / scale). A row
// of zeros gets scale 0. Non-finite weights count as 0. `first` and `count` are any; rows of one
// tile may come in several calls; the call that brings the last row also clears the padding.
void pack_q8_rows(const float* w, int first, int count, const Q8Tiles& tiles);

// Copies rows [first, first + count) of W into f32 tiles; padding as above.
void pack_f32_rows(const float* w, int first, int count, const F32Tiles& tiles);

// Reads row `n` of W back: out[k] f32. Serves the token embedding, which shares the matrix of the
// vocabulary product, and tests.
void unpack_q8_row(const Q8Tiles& tiles, int n, float* out);
void unpack_f32_row(const F32Tiles& tiles, int n, float* out);

}  // namespace sotto
