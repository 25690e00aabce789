// Attention of one query over rows that stand in pages, as the decoder's own past does.
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

// out[d] = softmax(scale * K[n, d] q[d]) V[n, d]. `scores` receives n probabilities. d is a
// multiple of 4, n >= 1. out may alias q.
void attend_f32(const float* q, const PagedRows& k, const PagedRows& v, float scale, float* scores,
                float* out);

}  // namespace sotto
