#include "kernels/attend_pages.h"

#include <algorithm>

#include "kernels/softmax.h"
#include "simd/simd.h"

namespace sotto {

using namespace simd;

namespace {

// Calls use(i, row) for every row, in order.
template <class Use>
void for_each_row(const PagedRows& rows, const Use& use) {
  for (int first = 0; first < rows.n; first += rows.page_rows) {
    const int end = std::min(first + rows.page_rows, rows.n);
    const float* row = rows.row(first);
    for (int i = first; i < end; ++i, row += rows.stride) use(i, row);
  }
}

}  // namespace

void score_f32(const float* q, const PagedRows& keys, float* scores) {
  for_each_row(keys, [&](int i, const float* row) {
    F32x4 total = zero_f32();
    for (int j = 0; j < keys.d; j += 4) total = mul_add(load(q + j), load(row + j), total);
    scores[i] = sum(total);
  });
}

void attend_f32(const float* q, const PagedHead& head, const float* key_bias, float scale,
                float* scores, float* out) {
  const PagedRows& v = head.values;
  score_f32(q, head.keys, scores);
  add_score_bias_f32(scores, key_bias, v.n, scale);
  const float total = softmax_exp_f32(scores, v.n, scale);
  std::fill_n(out, v.d, 0.0f);
  for_each_row(v, [&](int i, const float* row) {
    const F32x4 p = splat(scores[i]);
    for (int j = 0; j < v.d; j += 4) store(out + j, mul_add(p, load(row + j), load(out + j)));
  });
  const float factor = 1.0f / total;
  for (int j = 0; j < v.d; ++j) out[j] *= factor;
}

}  // namespace sotto
