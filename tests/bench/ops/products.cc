// Matrix products: the linear layers of encoder and decoder, and the convolutions.
#include <algorithm>
#include <memory>

#include "bench/ops/op.h"
#include "kernels/conv1d.h"
#include "kernels/gemm_f32.h"
#include "kernels/gemm_q8.h"
#include "unit/support/matrices.h"
#include "unit/support/quant_rows.h"
#include "unit/support/random.h"

namespace sotto::bench {

namespace {

using Floats = std::vector<float>;

template <class Dot>
struct Q8Product {
  test::OwnedRowsOf<Dot> x;
  test::OwnedQ8 w;
  Floats y;

  Q8Product(test::Random& random, int m, int n, int k)
      : x(m, k), w(random.floats(static_cast<size_t>(n) * k), n, k), y(static_cast<size_t>(m) * n) {
    const Floats rows = random.floats(static_cast<size_t>(m) * k);
    quantize_rows(ConstMatrixF32(rows.data(), m, k), x.view);
  }
};

// A single row streams the weights through memory where they are more than a cache holds.
constexpr double kNearby_bytes = 2 << 20;

template <class Dot>
Op q8_product(const char* name, int m, int n, int k) {
  const double weights = static_cast<double>(n) * k;
  const Work work{m * weights, 0, m == 1 && weights > kNearby_bytes ? weights : 0};
  return {name, shape({m, n, k}), work, 0, 0, [m, n, k] {
            test::Random random(1);
            auto p = std::make_shared<Q8Product<Dot>>(random, m, n, k);
            return [p, m, n] {
              gemm_q8(p->x.view, p->w.view, nullptr, Epilogue::kStore,
                      MatrixF32(p->y.data(), m, n));
            };
          }};
}

Op encoder_product(int n, int k) {
  Op op = q8_product<simd::FastDot>("gemm_q8", kCtx, n, k);
  op.encoder_runs = kLayers;
  return op;
}

// The decoder's activations are finer (quantize_rows.h).
Op token_product(int n, int k, int runs) {
  Op op = q8_product<simd::FineDot>("gemm_q8 fine", 1, n, k);
  op.token_runs = runs;
  return op;
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
  return {"conv1d f32", shape({m, kState, k}), work, 0, 0, [frames, channels, step, m, k] {
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

// The same in int8, in blocks of rows as the encoder takes them.
constexpr int kConvBlock = 64;

struct ConvQ8 {
  Floats x;
  std::vector<test::OwnedQ8> w;
  test::OwnedRows rows;
  Floats bias = Floats(kState, 0.1f);
  Floats y;

  ConvQ8(test::Random& random, int frames, int channels, int step)
      : x(random.floats(static_cast<size_t>(frames + 2) * channels)),
        rows(rows_read(step, kConvBlock), channels),
        y(static_cast<size_t>(kConvBlock) * kState) {
    for (int tap = 0; tap < kConvTaps; ++tap) {
      w.emplace_back(random.floats(static_cast<size_t>(kState) * channels), kState, channels);
    }
  }
};

Op conv1d_q8_op(int frames, int channels, int step) {
  const int m = frames / step, k = kConvTaps * channels;
  const Work work{double(m) * kState * k, double(m) * kState * kGeluMac, 0};
  return {"conv1d q8", shape({m, kState, k}), work, 1, 0, [=] {
            test::Random random(3);
            auto c = std::make_shared<ConvQ8>(random, frames, channels, step);
            return [=] {
              const Q8Tiles taps[kConvTaps] = {c->w[0].view, c->w[1].view, c->w[2].view};
              const ConstMatrixF32 padded(c->x.data(), frames + 2, channels);
              for (int first = 0; first < m; first += kConvBlock) {
                const int count = std::min(kConvBlock, m - first);
                conv1d_gelu_q8({padded, step, first}, taps, c->bias.data(), c->rows.view,
                               MatrixF32(c->y.data(), count, kState));
              }
            };
          }};
}

}  // namespace

void add_products(std::vector<Op>& ops) {
  // Encoder: attention's output; query, key and value; the two halves of the feed-forward layer.
  ops.push_back(encoder_product(kState, kState));
  ops.push_back(encoder_product(3 * kState, kState));
  ops.push_back(encoder_product(kHidden, kState));
  ops.push_back(encoder_product(kState, kHidden));
  // Decoder, a token: query, key, value and output of its own attention, query and output of the
  // other; feed-forward; vocabulary.
  ops.push_back(token_product(kState, kState, 6 * kLayers));
  ops.push_back(token_product(kHidden, kState, kLayers));
  ops.push_back(token_product(kState, kHidden, kLayers));
  ops.push_back(token_product(kVocab, kState, 1));
  ops.push_back(q8_product<simd::FastDot>("gemm_q8", 1, kVocab, kState));
  ops.push_back(gemm_f32_op(kCtx, kState, kState));
  ops.push_back(conv1d_op(2 * kCtx, kMels, 1));
  ops.push_back(conv1d_op(2 * kCtx, kState, 2));
  ops.push_back(conv1d_q8_op(2 * kCtx, kMels, 1));
  ops.push_back(conv1d_q8_op(2 * kCtx, kState, 2));
}

}  // namespace sotto::bench
