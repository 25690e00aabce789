// Normalisation of attention over the tokens, which tells where a token listens more than others
// do.
#pragma once

#include "base/tensor.h"

namespace sotto {

// For each column of x[m, n], in place: x = (x - mean) / deviation over its m rows, the deviation
// being that of the population; 0 where all are equal. Source: openai-whisper, timing.py,
// find_alignment.
void normalize_columns_f32(MatrixF32 x);

}  // namespace sotto
