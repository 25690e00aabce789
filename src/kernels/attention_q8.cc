#include "kernels/attention_q8.h"

#include <algorithm>
#include <cmath>

#include "kernels/gemm_q8.h"
#include "kernels/q8_tile.h"
#include "kernels/softmax_quantize.h"

namespace sotto {

using namespace simd;

namespace {

constexpr float kMax = 127.0f;

float inverse_of(float largest) { return largest > 0 ? kMax / largest : 0.0f; }

float row_magnitude(const float* row, int n) {
  F32x4 widest = zero_f32();
  for (int i = 0; i < n; i += 4) widest = max(widest, abs(load(row + i)));
  return max_lane(widest);
}

// Four keys at a time: sixteen bytes are four inputs of four outputs. Rows beyond n repeat the
// last one with a scale of zero.
void pack_keys(ConstMatrixF32 k, const Q8Tiles& tiles) {
  for (int n = 0; n < padded_n(k.rows); n += 4) {
    const float* rows[4];
    F32x4 inverse[4];
    I32x4 sums[4];
    for (int r = 0; r < 4; ++r) {
      rows[r] = k.row(std::min(n + r, k.rows - 1));
      const float largest = row_magnitude(rows[r], k.cols);
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

// What the second product needs to know.
struct ValueJob {
  const AttentionScratchQ8& scratch;
  const Q8Tiles& values;
  MatrixF32 out;
};

// Rows [m, m + R) by the eight dimensions of tile t: int32 sums within a block of positions, f32
// from block to block.
template <int R>
void weigh_values(const ValueJob& job, int m, int t) {
  const int n = job.values.k;
  const int8_t* tile = job.values.tiles + job.values.tile_bytes() * t;
  F32x4 total[R][2];
  for (auto& row : total) row[0] = row[1] = zero_f32();
  for (int b = 0; b < softmax_blocks(n); ++b) {
    const int first = b * kSoftmaxBlock;
    const DotInput* rows[R];
    for (int r = 0; r < R; ++r) {
      rows[r] = job.scratch.probabilities + static_cast<size_t>(m + r) * padded_k(n) + first;
    }
    I32x4 acc[R][2];
    multiply_tile<R>(rows, tile + static_cast<size_t>(first) * kTileN,
                     std::min(kSoftmaxBlock, padded_k(n) - first), acc);
    for (int r = 0; r < R; ++r) {
      const F32x4 weight = splat(job.scratch.weights[(m + r) * softmax_blocks(n) + b]);
      for (int q = 0; q < 2; ++q) total[r][q] = mul_add(to_f32(acc[r][q]), weight, total[r][q]);
    }
  }
  for (int r = 0; r < R; ++r) {
    float* y = job.out.row(m + r) + t * kTileN;
    for (int q = 0; q < 2; ++q) {
      store(y + 4 * q, mul(total[r][q], load(job.values.scale + t * kTileN + 4 * q)));
    }
  }
}

}  // namespace

void pack_head_q8(ConstMatrixF32 k, ConstMatrixF32 v, const PackedHeadQ8& head) {
  pack_keys(k, head.keys);
  for (int d = 0; d < v.cols; d += 4) pack_value_quad(v, d, head.values);
}

void attention_q8(ConstMatrixF32 q, const PackedHeadQ8& head, const float* key_bias, float scale,
                  AttentionScratchQ8& scratch, MatrixF32 out) {
  const int n = head.keys.n;
  quantize_rows(q, scratch.queries);
  const MatrixF32 scores(scratch.scores, q.rows, n, padded_n(n));
  gemm_q8(scratch.queries, head.keys, key_bias, Epilogue::kStore, scores);

  for (int r = 0; r < q.rows; ++r) {
    softmax_quantize(scores.row(r), n, scale,
                     scratch.probabilities + static_cast<size_t>(r) * padded_k(n),
                     scratch.weights + r * softmax_blocks(n));
  }
  const ValueJob job{scratch, head.values, out};
  for (int t = 0; t * kTileN < out.cols; ++t) {
    int m = 0;
    for (; m + kGemmRows <= q.rows; m += kGemmRows) weigh_values<kGemmRows>(job, m, t);
    for (; m < q.rows; ++m) weigh_values<1>(job, m, t);
  }
}

}  // namespace sotto
