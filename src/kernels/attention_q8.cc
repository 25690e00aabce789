#include "kernels/attention_q8.h"

#include <algorithm>
#include <cmath>

#include "kernels/maximum.h"
#include "kernels/q8_tile.h"
#include "kernels/row_groups.h"
#include "kernels/softmax_quantize.h"

namespace sotto {

using namespace simd;

namespace {

constexpr float kMax = 127.0f;

float inverse_of(float largest) { return largest > 0 ? kMax / largest : 0.0f; }

// Four keys at a time: sixteen bytes are four inputs of four outputs. Rows beyond n repeat the
// last one with a scale of zero.
void pack_keys(ConstMatrixF32 k, const Q8Tiles& tiles) {
  for (int n = 0; n < padded_n(k.rows); n += 4) {
    const float* rows[4];
    F32x4 inverse[4];
    I32x4 sums[4];
    for (int r = 0; r < 4; ++r) {
      rows[r] = k.row(std::min(n + r, k.rows - 1));
      const float largest = max_magnitude_f32(rows[r], k.cols);
      inverse[r] = splat(inverse_of(largest));
      sums[r] = splat(int32_t{0});
      tiles.scale[n + r] = n + r < k.rows ? largest / kMax : 0.0f;
    }
    int8_t* out = tiles.tiles + tiles.tile_bytes() * (n / kTileN) + (n % kTileN) * kTileStepK;
    for (int i = 0; i < k.cols; i += kTileStepK, out += kTileN * kTileStepK) {
      I32x4 q[4];
      for (int r = 0; r < 4; ++r) {
        q[r] = round_to_i32(mul(load(rows[r] + i), inverse[r]));
        sums[r] = add(sums[r], q[r]);
      }
      store_i8x16(out, q);
    }
    for (int r = 0; r < 4; ++r) tiles.row_sum[n + r] = sum(sums[r]);
  }
}

// Four dimensions of the values, which are the outputs of the second product: their keys come in
// steps of four.
void pack_value_quad(ConstMatrixF32 v, int d, const Q8Tiles& tiles) {
  F32x4 widest = zero_f32();
  for (int i = 0; i < v.rows; ++i) widest = max(widest, abs(load(v.row(i) + d)));
  float largest[4], inverse[4];
  store(largest, widest);
  for (int j = 0; j < 4; ++j) {
    inverse[j] = inverse_of(largest[j]);
    tiles.scale[d + j] = largest[j] / kMax;
  }
  const F32x4 s = load(inverse);
  I32x4 sums = splat(int32_t{0});
  int8_t* out = tiles.tiles + tiles.tile_bytes() * (d / kTileN) + (d % kTileN) * kTileStepK;
  for (int i = 0; i < padded_k(v.rows); i += kTileStepK, out += kTileN * kTileStepK) {
    I32x4 q[4];
    for (int r = 0; r < 4; ++r) {
      q[r] = i + r < v.rows ? round_to_i32(mul(load(v.row(i + r) + d), s)) : splat(int32_t{0});
      sums = add(sums, q[r]);
    }
    store_i8x16_transposed(out, q);
  }
  store(tiles.row_sum + d, sums);
}

// Steps of scores to one of the natural logarithm.
constexpr float kStepsPerNat = 1.44269504f * kScoreSteps;

// A block of keys that a few queries meet: positions [first, first + count).
struct BlockJob {
  const PackedHeadQ8& head;
  const float* key_bias;
  float scale;
  const AttentionScratchQ8& scratch;
  int first;
  int count;

  int16_t* scores(int r) const { return scratch.scores + r * kSoftmaxBlock; }
  DotInput* probabilities(int r) const { return scratch.probabilities + r * kSoftmaxBlock; }
};

// Makes scores of products with the keys [key, key + 4).
struct ScoreQuad {
  I32x4 offset;
  F32x4 key_scale;
  I32x4 bias;

  ScoreQuad(const Q8Tiles& keys, const float* key_bias, int key, I32x4 zero)
      : offset(mul(load(keys.row_sum + key), zero)),
        key_scale(load(keys.scale + key)),
        bias(key_bias == nullptr ? splat(int32_t{0})
                                 : mul_round(load(key_bias + key), splat(kStepsPerNat))) {}

  I32x4 operator()(I32x4 sum, float query_scale) const {
    const F32x4 product = mul(to_f32(sub(sum, offset)), key_scale);
    return add(mul_round(product, splat(query_scale)), bias);
  }
};

// Scores of queries [m, m + R).
template <class Dot, int R>
void score_keys(const BlockJob& job, int m) {
  const DotInput* rows[R];
  float query_scale[R];
  for (int r = 0; r < R; ++r) {
    rows[r] = job.scratch.queries.row(m + r);
    query_scale[r] = job.scratch.queries.scale[m + r] * job.scale * kStepsPerNat;
  }
  const Q8Tiles& keys = job.head.keys;
  const I32x4 zero = splat(job.scratch.queries.zero[m]);
  for (int n = 0; n < job.count; n += kTileN) {
    const int key = job.first + n;
    I32x4 acc[R][2];
    multiply_tile_apart<Dot>(rows, R, keys.tiles + keys.tile_bytes() * (key / kTileN),
                             padded_k(keys.k), acc);
    const ScoreQuad lo(keys, job.key_bias, key, zero), hi(keys, job.key_bias, key + 4, zero);
    for (int r = 0; r < R; ++r) {
      store_i16x8(job.scores(r) + n, lo(acc[r][0], query_scale[r]), hi(acc[r][1], query_scale[r]));
    }
  }
}

// Adds the block's values to the totals of queries [m, m + R), weighed by their probabilities;
// factor[r] is what one step of those is worth.
template <class Dot, int R>
void weigh_values(const BlockJob& job, int m, const float* factor) {
  const Q8Tiles& values = job.head.values;
  const DotInput* rows[R];
  for (int r = 0; r < R; ++r) rows[r] = job.probabilities(r);
  for (int t = 0; t * kTileN < values.n; ++t) {
    const int8_t* tile =
        values.tiles + values.tile_bytes() * t + static_cast<size_t>(job.first) * kTileN;
    I32x4 acc[R][2];
    multiply_tile_apart<Dot>(rows, R, tile, pad_to(job.count, kPadK), acc);
    for (int r = 0; r < R; ++r) {
      const F32x4 f = splat(factor[r]);
      float* total = job.scratch.totals + (m + r) * values.n + t * kTileN;
      store(total, mul_add(to_f32(acc[r][0]), f, load(total)));
      store(total + 4, mul_add(to_f32(acc[r][1]), f, load(total + 4)));
    }
  }
}

// A larger maximum makes all that was added before smaller.
void raise_maximum(const BlockJob& job, int m, int maximum) {
  const float shrink = power_of_score(maximum - job.scratch.maximum[m]);
  job.scratch.maximum[m] = maximum;
  job.scratch.weight[m] *= shrink;
  const int d = job.head.values.n;
  float* total = job.scratch.totals + m * d;
  for (int i = 0; i < d; i += 4) store(total + i, mul(load(total + i), splat(shrink)));
}

int16_t largest_score(const int16_t* x, int n) {
  I16x8 best = load(x);
  for (int i = 8; i < n; i += 8) best = max(best, load(x + i));
  return max_lane(best);
}

template <class Dot, int R>
void attend_block(const BlockJob& job, int m) {
  float factor[R];
  // Positions that do not exist fill up the last block.
  const int padded = pad_to(job.count, kPadK);
  score_keys<Dot, R>(job, m);
  for (int r = 0; r < R; ++r) {
    std::fill(job.scores(r) + job.count, job.scores(r) + padded, kAbsentScore);
    const int16_t largest = largest_score(job.scores(r), padded);
    if (largest > job.scratch.maximum[m + r]) raise_maximum(job, m + r, largest);
    const int32_t sum = softmax_quantize(job.scores(r), padded, largest, job.probabilities(r));
    factor[r] = power_of_score(job.scratch.maximum[m + r] - largest);
    job.scratch.weight[m + r] += factor[r] * static_cast<float>(sum);
  }
  weigh_values<Dot, R>(job, m, factor);
}

}  // namespace

void pack_head_q8(ConstMatrixF32 k, ConstMatrixF32 v, const PackedHeadQ8& head) {
  pack_keys(k, head.keys);
  for (int d = 0; d < v.cols; d += 4) pack_value_quad(v, d, head.values);
}

void attention_q8(ConstMatrixF32 q, const PackedHeadQ8& head, const float* key_bias, float scale,
                  AttentionScratchQ8& scratch, MatrixF32 out) {
  const int n = head.keys.n, d = head.values.n;
  quantize_rows_centred(q, scratch.queries);
  std::fill_n(scratch.totals, static_cast<size_t>(q.rows) * d, 0.0f);
  std::fill_n(scratch.maximum, q.rows, int32_t{kAbsentScore});
  std::fill_n(scratch.weight, q.rows, 0.0f);
  for (int first = 0; first < n; first += kSoftmaxBlock) {
    const BlockJob job{head, key_bias, scale, scratch, first, std::min(kSoftmaxBlock, n - first)};
    with_fast_dot([&]<class Dot>() {
      for_row_groups<Dot::kRows, 1>(q.rows, [&]<int R>(int m) { attend_block<Dot, R>(job, m); });
    });
  }
  for (int r = 0; r < q.rows; ++r) {
    const F32x4 inverse = splat(1.0f / scratch.weight[r]);
    for (int i = 0; i < d; i += 4) {
      const F32x4 mean = mul(load(scratch.totals + r * d + i), inverse);
      store(out.row(r) + i, mul(mean, load(head.values.scale + i)));
    }
  }
}

}  // namespace sotto
