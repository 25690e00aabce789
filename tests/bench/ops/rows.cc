// What is done to activations row by row, between the products.
#include <memory>

#include "bench/ops/op.h"
#include "kernels/gelu.h"
#include "kernels/layer_norm.h"
#include "kernels/quantize_rows.h"
#include "kernels/softmax.h"
#include "kernels/softmax_quantize.h"
#include "unit/support/random.h"

namespace sotto::bench {

namespace {

using Floats = std::vector<float>;

Floats activations(int m, int n) {
  test::Random random(5);
  return random.floats(static_cast<size_t>(m) * n, -3, 3);
}

Op layer_norm_op(int m, int n, int encoder_runs, int token_runs) {
  constexpr double kMac = 4;  // sum; difference, square; difference, product, sum
  const Work work{0, kMac * m * n, 0};
  return {"layer_norm", shape({m, n}), work, encoder_runs, token_runs, [m, n] {
            const Floats x = activations(m, n), gamma(n, 1.1f), beta(n, 0.1f);
            auto y = std::make_shared<Floats>(x.size());
            return [=] {
              layer_norm_f32(ConstMatrixF32(x.data(), m, n), gamma.data(), beta.data(),
                             MatrixF32(y->data(), m, n));
            };
          }};
}

Op quantize_rows_op(int m, int k, int encoder_runs, int token_runs) {
  const Work work{0, kQuantizeMac * m * k, 0};
  return {"quantize_rows", shape({m, k}), work, encoder_runs, token_runs, [m, k] {
            const Floats x = activations(m, k);
            auto q = std::make_shared<std::vector<simd::DotInput>>(size_t(m) * padded_k(k));
            auto scale = std::make_shared<Floats>(m);
            auto zero = std::make_shared<std::vector<int32_t>>(m);
            return [=] {
              QuantRows out;
              out.q = q->data();
              out.scale = scale->data();
              out.zero = zero->data();
              quantize_rows(ConstMatrixF32(x.data(), m, k), out);
            };
          }};
}

// Scores of a block of queries; a copy of the input is part of it, as the kernel works in place.
Op softmax_op(int m, int n) {
  return {"softmax", shape({m, n}), {0, kSoftmaxMac * m * n, 0}, 0, 0, [m, n] {
            const Floats x = activations(m, n);
            auto y = std::make_shared<Floats>(x.size());
            return [=] {
              *y = x;
              for (int r = 0; r < m; ++r) softmax_exp_f32(y->data() + r * n, n, 0.125f);
            };
          }};
}

Op softmax_quantize_op(int m, int n) {
  return {"softmax_quantize", shape({m, n}), {0, kCoarseMac * m * n, 0}, 0, 0, [m, n] {
            const Floats x = activations(m, n);
            std::vector<int16_t> scores(x.size());
            for (size_t i = 0; i < x.size(); ++i) {
              scores[i] = static_cast<int16_t>(kScoreSteps * (x[i] - 1.0f));
            }
            auto q = std::make_shared<std::vector<simd::DotInput>>(kSoftmaxBlock);
            return [=] {
              for (int i = 0; i + kSoftmaxBlock <= m * n; i += kSoftmaxBlock) {
                softmax_quantize(scores.data() + i, kSoftmaxBlock, 0, q->data());
              }
            };
          }};
}

// In place, likewise.
Op gelu_op(int n) {
  return {"gelu", shape({n}), {0, kGeluMac * n, 0}, 0, 0, [n] {
            const Floats x = activations(1, n);
            auto y = std::make_shared<Floats>(x.size());
            return [=] {
              *y = x;
              gelu_f32(y->data(), n);
            };
          }};
}

}  // namespace

void add_rows(std::vector<Op>& ops) {
  // Twice a layer and once at the end; three times a layer for a token.
  ops.push_back(layer_norm_op(kCtx, kState, 2 * kLayers + 1, 0));
  ops.push_back(layer_norm_op(1, kState, 0, 3 * kLayers + 1));
  // Before query, key and value, before attention's output, before and within feed-forward.
  ops.push_back(quantize_rows_op(kCtx, kState, 3 * kLayers, 0));
  ops.push_back(quantize_rows_op(kCtx, kHidden, kLayers, 0));
  constexpr int kRows = 64;
  ops.push_back(softmax_op(kRows, kCtx));
  ops.push_back(softmax_quantize_op(kRows, kCtx));
  ops.push_back(gelu_op(kRows * kHidden));
}

}  // namespace sotto::bench
