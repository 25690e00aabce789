// Attention of one query over rows in f32 that stand in pages, as the decoder's own past does; the
// audio's, where the model is in f32, is one page.
#pragma once

#include <cstddef>

namespace sotto {

// x[n, d] in pages, not owned: row i is d floats at
//   pages[table[i / page_rows]] + offset + (i % page_rows) * stride.
struct PagedRows {
  float* const* pages = nullptr;
  const int* table = nullptr;
  int page_rows = 0;
  int stride = 0;
  ptrdiff_t offset = 0;
  int n = 0;
  int d = 0;

  float* row(int i) const {
    return pages[table[i / page_rows]] + offset + static_cast<ptrdiff_t>(i % page_rows) * stride;
  }
  // The first `count` rows of them, d columns from `first_column` on.
  PagedRows part(int count, int first_column, int columns) const {
    PagedRows rows = *this;
    rows.n = count;
    rows.offset += first_column;
    rows.d = columns;
    return rows;
  }
};

// Keys and values of one head, as many of the one as of the other.
struct PagedHead {
  PagedRows keys;
  PagedRows values;
};

// scores[n] = K[n, d] q[d]; d is a multiple of 4.
void score_f32(const float* q, const PagedRows& keys, float* scores);

// out[d] = softmax(scale * K[n, d] q[d] + key_bias[n]) V[n, d]. `scores` receives what the rows of
// V are weighed by, not yet divided by their sum; key_bias may be nullptr; n >= 1. d is a multiple
// of 4. out may alias q.
void attend_f32(const float* q, const PagedHead& head, const float* key_bias, float scale,
                float* scores, float* out);

}  // namespace sotto
