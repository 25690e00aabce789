#include "kernels/attend.h"

#include <algorithm>
#include <cmath>

#include "kernels/maximum.h"
#include "kernels/softmax.h"
#include "quant/formats.h"
#include "simd/simd.h"

namespace sotto {

using namespace simd;

namespace {

// What query and probabilities are rounded to, of 15 bits: finer than anything beside them.
constexpr float kSteps = 32767.0f;
// Positions whose products are added in int32: 128 * 32767 * 127 is below 2^30.
constexpr int kBlock = 128;

// q[n] = round(x * inverse) for x[n], then zeros to a multiple of eight.
void round_i16(const float* x, int n, float inverse, int16_t* q) {
  const F32x4 s = splat(inverse);
  int i = 0;
  for (; i + 8 <= n; i += 8) {
    store_i16x8(q + i, round_to_i32(mul(load(x + i), s)), round_to_i32(mul(load(x + i + 4), s)));
  }
  if (i == n) return;
  float tail[8] = {};
  std::copy(x + i, x + n, tail);
  store_i16x8(q + i, round_to_i32(mul(load(tail), s)), round_to_i32(mul(load(tail + 4), s)));
}

// Products of the query with R rows, by lanes.
template <int R>
void multiply_rows(const int16_t* query, const int8_t* rows, int d, I32x4* total) {
  for (int r = 0; r < R; ++r) total[r] = splat(int32_t{0});
  for (int j = 0; j < d; j += 8) {
    const I16x8 q = load(query + j);
    for (int r = 0; r < R; ++r) {
      total[r] = add(total[r], dot_pairs(widen_i8x8(rows + r * d + j), q));
    }
  }
}

void score_rows(const int16_t* query, const HeadRowsQ8& k, float query_scale, float* scores) {
  int i = 0;
  for (; i + 4 <= k.n; i += 4) {
    I32x4 t[4];
    multiply_rows<4>(query, k.q + static_cast<ptrdiff_t>(i) * k.d, k.d, t);
    const F32x4 scale = mul(load(k.scale + i), splat(query_scale));
    store(scores + i, mul(to_f32(sums(t[0], t[1], t[2], t[3])), scale));
  }
  for (; i < k.n; ++i) {
    I32x4 t;
    multiply_rows<1>(query, k.q + static_cast<ptrdiff_t>(i) * k.d, k.d, &t);
    scores[i] = static_cast<float>(sum(t)) * (k.scale[i] * query_scale);
  }
}

// total[16] += sum of p[i] * row i over `count` rows, d apart, two at a time; p holds one more.
void weigh_rows(const int16_t* p, const int8_t* rows, int count, int d, float* total) {
  I32x4 acc[4];
  for (I32x4& a : acc) a = splat(int32_t{0});
  for (int i = 0; i < count; i += 2) {
    const int8_t* first = rows + static_cast<ptrdiff_t>(i) * d;
    // An odd last row meets itself with a probability of zero.
    const int8_t* second = i + 1 < count ? first + d : first;
    const I16x8 pair = splat_pair(p + i);
    for (int half = 0; half < 2; ++half) {
      const I16x8 a = widen_i8x8(first + 8 * half), b = widen_i8x8(second + 8 * half);
      acc[2 * half] = add(acc[2 * half], dot_pairs(interleave_low(a, b), pair));
      acc[2 * half + 1] = add(acc[2 * half + 1], dot_pairs(interleave_high(a, b), pair));
    }
  }
  for (int j = 0; j < 4; ++j) store(total + 4 * j, add(load(total + 4 * j), to_f32(acc[j])));
}

void clear(float* out, int d) {
  for (int i = 0; i < d; ++i) out[i] = 0;
}

void scale_by(float* out, int d, float factor) {
  for (int i = 0; i < d; ++i) out[i] *= factor;
}

}  // namespace

void quantize_head_rows(ConstMatrixF32 x, int first, const HeadRowsQ8& out) {
  for (int r = 0; r < x.rows; ++r) {
    const float* row = x.row(r);
    const float largest = max_magnitude_f32(row, x.cols);
    const float inverse = largest > 0 ? 127.0f / largest : 0.0f;
    out.scale[first + r] = largest / 127.0f;
    int8_t* q = out.q + static_cast<ptrdiff_t>(first + r) * out.d;
    const F32x4 s = splat(inverse);
    for (int i = 0; i < x.cols; i += 16) {
      I32x4 rounded[4];
      for (int j = 0; j < 4; ++j) rounded[j] = round_to_i32(mul(load(row + i + 4 * j), s));
      store_i8x16(q + i, rounded);
    }
  }
}

void score_q8(const float* q, const HeadRowsQ8& keys, float* scores) {
  alignas(16) int16_t query[kMostHeadSize];
  const float widest = max_magnitude_f32(q, keys.d);
  round_i16(q, keys.d, widest > 0 ? kSteps / widest : 0.0f, query);
  score_rows(query, keys, widest / kSteps, scores);
}

void attend_q8(const float* q, const HeadQ8& head, const float* key_bias, float scale,
               float* scores, float* out) {
  const HeadRowsQ8& k = head.keys;
  const HeadRowsQ8& v = head.values;
  const int d = k.d;
  score_q8(q, k, scores);
  add_score_bias_f32(scores, key_bias, k.n, scale);
  const float total = softmax_exp_f32(scores, k.n, scale);

  // The rows' scales go to the probabilities.
  for (int i = 0; i < v.n; ++i) scores[i] *= v.scale[i];
  const float heaviest = max_magnitude_f32(scores, v.n);
  const float inverse = heaviest > 0 ? kSteps / heaviest : 0.0f;
  clear(out, d);
  alignas(16) int16_t p[kBlock];
  for (int first = 0; first < v.n; first += kBlock) {
    const int count = std::min(kBlock, v.n - first);
    round_i16(scores + first, count, inverse, p);
    const int8_t* rows = v.q + static_cast<ptrdiff_t>(first) * d;
    for (int j = 0; j < d; j += 16) weigh_rows(p, rows + j, count, d, out + j);
  }
  scale_by(out, d, heaviest / (kSteps * total));
}

}  // namespace sotto
