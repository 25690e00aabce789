// Attention of one query over rows in int8, as the decoder asks it once per token, layer and head
// of the audio, which is long and read again every token. Its own past is in f32
// (kernels/attend_pages.h).
#pragma once

#include <cstdint>

#include "base/tensor.h"

namespace sotto {

// Rows of one head in int8, each with its own scale: x[n, d] = scale[n] * q[n, d], q in
// [-127, 127]. d is a multiple of 16; rows are d apart. Not owned.
struct HeadRowsQ8 {
  int8_t* q = nullptr;
  float* scale = nullptr;
  int n = 0;
  int d = 0;
};

// Quantises x[m, d] into rows [first, first + m) of `out`.
void quantize_head_rows(ConstMatrixF32 x, int first, const HeadRowsQ8& out);

// scores[n] = K[n, d] q[d], the query rounded to 15 bits; d at most 256.
void score_q8(const float* q, const HeadRowsQ8& keys, float* scores);

// Keys and values of one head, as many of the one as of the other.
struct HeadQ8 {
  HeadRowsQ8 keys;
  HeadRowsQ8 values;
};

// out[d] = softmax(scale * K[n, d] q[d] + key_bias[n]) V[n, d] over int8 rows; the query and the
// probabilities are rounded to 15 bits. `scores` receives n probabilities; key_bias may be nullptr;
// n >= 1; d is at most 256. out may alias q.
void attend_q8(const float* q, const HeadQ8& head, const float* key_bias, float scale,
               float* scores, float* out);

}  // namespace sotto
