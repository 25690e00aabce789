// Matrix products: the linear layers of encoder and decoder, and the convolutions.
#include <memory>

#include "bench/ops/op.h"
#include "kernels/conv1d.h"
#include "kernels/gemm_f32.h"
#include "kernels/gemm_q8.h"
#include "unit/support/matrices.h"
#include "unit/support/random.h"

namespace sotto::bench {

namespace {

using Floats = std::vector<float>;

struct Rows {
  std::vector<simd::DotInput> q;
  Floats scale;
  std::vector<int32_t> zero;
  QuantRows view;

  Rows(const Floats& x, int m, int k) : q(static_cast<size_t>(m) * padded_k(k)), scale(m), zero(m) {
    view.q = q.data();
    view.scale = scale.data();
    view.zero = zero.data();
    quantize_rows(ConstMatrixF32(x.data(), m, k), view);
  }
};

struct Q8Product {
  Rows x;
  test::OwnedQ8 w;
  Floats y;

  Q8Product(test::Random& random, int m, int n, int k)
      : x(random.floats(static_cast<size_t>(m) * k), m, k),
        w(random.floats(static_cast<size_t>(n) * k), n, k),
        y(static_cast<size_t>(m) * n) {}
};

// A single row streams the weights through memory where they are more than a cache holds.
constexpr double kNearby_bytes = 2 << 20;

Op gemm_q8_op(int m, int n, int k, int encoder_runs, int token_runs) {
  const double weights = static_cast<double>(n) * k;
  const Work work{m * weights, 0, m == 1 && weights > kNearby_bytes ? weights : 0};
  return {"gemm_q8", shape({m, n, k}), work, encoder_runs, token_runs, [m, n, k] {
            test::Random random(1);
            auto p = std::make_shared<Q8Product>(random, m, n, k);
            return [p, m, n] {
              gemm_q8(p->x.view, p->w.view, nullptr, Epilogue::kStore,
                      MatrixF32(p->y.data(), m, n));
            };
          }};
}

Op gemm_f32_op(int m, int n, int k) {
  return {"gemm_f32", shape({m, n, k}), {0, double(m) * n * k, 0}, 0, 0, [m, n, k] {
            test::Random random(2);
            const Floats x = random.floats(static_cast<size_t>(m) * k);
            auto w =
                std::make_shared<test::OwnedF32>(random.floats(static_cast<size_t>(n) * k), n, k);
            auto y = std::make_shared<Floats>(static_cast<size_t>(m) * n);
            return [x, w, y, m, n, k] {
              gemm_f32(ConstMatrixF32(x.data(), m, k), w->view, nullptr, Epilogue::kStore,
                       MatrixF32(y->data(), m, n));
            };
          }};
}

// `frames` of `channels` to kState, every `step`-th output.
Op conv1d_op(int frames, int channels, int step) {
  const int m = frames / step, k = kConvTaps * channels;
  const Work work{0, double(m) * kState * (k + kGeluMac), 0};
  return {"conv1d", shape({m, kState, k}), work, 1, 0, [frames, channels, step, m, k] {
            test::Random random(3);
            const Floats x = random.floats(static_cast<size_t>(frames + 2) * channels);
            const Floats bias(kState, 0.1f);
            auto w = std::make_shared<test::OwnedF32>(
                random.floats(static_cast<size_t>(kState) * k), kState, k);
            auto y = std::make_shared<Floats>(static_cast<size_t>(m) * kState);
            return [=] {
              conv1d_gelu_f32({ConstMatrixF32(x.data(), frames + 2, channels), step, 0}, w->view,
                              bias.data(), MatrixF32(y->data(), m, kState));
            };
          }};
}

}  // namespace

void add_products(std::vector<Op>& ops) {
  // Encoder: attention's output; query, key and value; the two halves of the feed-forward layer.
  ops.push_back(gemm_q8_op(kCtx, kState, kState, kLayers, 0));
  ops.push_back(gemm_q8_op(kCtx, 3 * kState, kState, kLayers, 0));
  ops.push_back(gemm_q8_op(kCtx, kHidden, kState, kLayers, 0));
  ops.push_back(gemm_q8_op(kCtx, kState, kHidden, kLayers, 0));
  // Decoder, a token: query, key, value and output of its own attention, query and output of the
  // other; feed-forward; vocabulary.
  ops.push_back(gemm_q8_op(1, kState, kState, 0, 6 * kLayers));
  ops.push_back(gemm_q8_op(1, kHidden, kState, 0, kLayers));
  ops.push_back(gemm_q8_op(1, kState, kHidden, 0, kLayers));
  ops.push_back(gemm_q8_op(1, kVocab, kState, 0, 1));
  ops.push_back(gemm_f32_op(kCtx, kState, kState));
  ops.push_back(conv1d_op(2 * kCtx, kMels, 1));
  ops.push_back(conv1d_op(2 * kCtx, kState, 2));
}

}  // namespace sotto::bench
