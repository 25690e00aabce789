#include "kernels/attend.h"

#include "kernels/softmax.h"
#include "simd/simd.h"

namespace sotto {

using namespace simd;

namespace {

float dot_f32(const float* a, const float* b, int d) {
  F32x4 total = zero_f32();
  for (int i = 0; i < d; i += 4) total = mul_add(load(a + i), load(b + i), total);
  return sum(total);
}

// Four chains of additions, one for each quarter of every 16 elements.
float dot_q8(const float* a, const int8_t* b, int d) {
  F32x4 total[4] = {zero_f32(), zero_f32(), zero_f32(), zero_f32()};
  for (int i = 0; i < d; i += 16) {
    const F32x16 w = widen_i8(b + i);
    for (int j = 0; j < 4; ++j) total[j] = mul_add(load(a + i + 4 * j), w.part[j], total[j]);
  }
  return sum(add(add(total[0], total[1]), add(total[2], total[3])));
}

void clear(float* out, int d) {
  for (int i = 0; i < d; ++i) out[i] = 0;
}

void scale_by(float* out, int d, float factor) {
  for (int i = 0; i < d; ++i) out[i] *= factor;
}

}  // namespace

void attend_f32(const float* q, ConstMatrixF32 k, ConstMatrixF32 v, float scale, float* scores,
                float* out) {
  for (int i = 0; i < k.rows; ++i) scores[i] = dot_f32(q, k.row(i), k.cols);
  const float total = softmax_exp_f32(scores, k.rows, scale);
  clear(out, v.cols);
  for (int i = 0; i < v.rows; ++i) {
    const F32x4 p = splat(scores[i]);
    const float* row = v.row(i);
    for (int j = 0; j < v.cols; j += 4) store(out + j, mul_add(p, load(row + j), load(out + j)));
  }
  scale_by(out, v.cols, 1.0f / total);
}

void quantize_head_rows(ConstMatrixF32 x, int first, const HeadRowsQ8& out) {
  for (int r = 0; r < x.rows; ++r) {
    const float* row = x.row(r);
    F32x4 widest = zero_f32();
    for (int i = 0; i < x.cols; i += 4) widest = max(widest, abs(load(row + i)));
    const float largest = max_lane(widest);
    const float inverse = largest > 0 ? 127.0f / largest : 0.0f;
    out.scale[first + r] = largest / 127.0f;
    int8_t* q = out.q + static_cast<ptrdiff_t>(first + r) * out.d;
    for (int i = 0; i < x.cols; i += 4) {
      int32_t lanes[4];
      store(lanes, round_to_i32(mul(load(row + i), splat(inverse))));
      for (int j = 0; j < 4; ++j) q[i + j] = static_cast<int8_t>(lanes[j]);
    }
  }
}

void attend_q8(const float* q, const HeadQ8& head, const float* key_bias, float scale,
               float* scores, float* out) {
  const HeadRowsQ8& k = head.keys;
  const HeadRowsQ8& v = head.values;
  for (int i = 0; i < k.n; ++i) {
    scores[i] = k.scale[i] * dot_q8(q, k.q + static_cast<ptrdiff_t>(i) * k.d, k.d);
  }
  add_score_bias_f32(scores, key_bias, k.n, scale);
  const float total = softmax_exp_f32(scores, k.n, scale);
  clear(out, v.d);
  for (int i = 0; i < v.n; ++i) {
    const F32x4 p = splat(scores[i] * v.scale[i]);
    const int8_t* row = v.q + static_cast<ptrdiff_t>(i) * v.d;
    for (int j = 0; j < v.d; j += 16) {
      const F32x16 w = widen_i8(row + j);
      for (int part = 0; part < 4; ++part) {
        float* o = out + j + 4 * part;
        store(o, mul_add(p, w.part[part], load(o)));
      }
    }
  }
  scale_by(out, v.d, 1.0f / total);
}

}  // namespace sotto
