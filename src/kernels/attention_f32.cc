#include "kernels/attention_f32.h"

#include "kernels/gemm_f32.h"
#include "kernels/softmax.h"

namespace sotto {

void pack_head_f32(ConstMatrixF32 k, ConstMatrixF32 v, const PackedHeadF32& head) {
  const int n = k.rows, d = k.cols;
  float* out = head.keys.tiles;
  for (int t = 0; t < n; t += kTileN) {
    for (int i = 0; i < d; ++i) {
      for (int j = 0; j < kTileN; ++j) *out++ = t + j < n ? k.row(t + j)[i] : 0.0f;
    }
  }
  out = head.values.tiles;
  for (int t = 0; t < d; t += kTileN) {
    for (int i = 0; i < n; ++i) {
      for (int j = 0; j < kTileN; ++j) *out++ = t + j < d ? v.row(i)[t + j] : 0.0f;
    }
  }
}

void attention_f32(ConstMatrixF32 q, const PackedHeadF32& head, const float* key_bias, float scale,
                   float* scores, MatrixF32 out) {
  const int n = head.keys.n;
  const MatrixF32 s(scores, q.rows, n);
  gemm_f32(q, head.keys, nullptr, Epilogue::kStore, s);
  float inverse[kQueryBlock];
  for (int r = 0; r < q.rows; ++r) add_score_bias_f32(s.row(r), key_bias, n, scale);
  for (int r = 0; r < q.rows; ++r) inverse[r] = 1.0f / softmax_exp_f32(s.row(r), n, scale);
  gemm_f32(s, head.values, nullptr, Epilogue::kStore, out);
  for (int r = 0; r < q.rows; ++r) {
    float* row = out.row(r);
    for (int i = 0; i < out.cols; ++i) row[i] *= inverse[r];
  }
}

}  // namespace sotto
