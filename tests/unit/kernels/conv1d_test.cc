#include "kernels/conv1d.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "unit/support/matrices.h"
#include "unit/support/quant_rows.h"
#include "unit/support/random.h"

using namespace sotto;

namespace {

// Frames of noise between two rows of zeros, and weights [n, tap, inputs].
struct Case {
  int frames = 13, inputs = 5, n = 9;
  std::vector<float> padded, w, bias;

  explicit Case(uint64_t seed, int inputs_of_one) : inputs(inputs_of_one) {
    test::Random random(seed);
    padded.assign(static_cast<size_t>(frames + 2) * inputs, 0.0f);
    for (int i = inputs; i < (frames + 1) * inputs; ++i) padded[i] = random.uniform(-1, 1);
    w = random.floats(static_cast<size_t>(n) * kConvTaps * inputs);
    bias = random.floats(n);
  }
  ConvInput input(int step, int first) const {
    return {ConstMatrixF32(padded.data(), frames + 2, inputs), step, first};
  }
  // Rows of one tap.
  std::vector<float> tap(int j) const {
    std::vector<float> rows;
    for (int c = 0; c < n; ++c) {
      const auto begin = w.begin() + (c * kConvTaps + j) * inputs;
      rows.insert(rows.end(), begin, begin + inputs);
    }
    return rows;
  }
  double expected(int t, int c, int step) const {
    double total = bias[c];
    for (int j = 0; j < kConvTaps; ++j) {
      const int frame = t * step + j - 1;
      if (frame < 0 || frame >= frames) continue;
      for (int i = 0; i < inputs; ++i) {
        total += double(padded[(frame + 1) * inputs + i]) * w[(c * kConvTaps + j) * inputs + i];
      }
    }
    return 0.5 * total * (1 + std::erf(total / std::sqrt(2.0)));
  }
};

}  // namespace

TEST_CASE("conv1d: equals the plain convolution with padding, for steps of one and two") {
  const Case c(23, 5);
  const test::OwnedF32 tiles(c.w, c.n, kConvTaps * c.inputs);
  for (int step : {1, 2}) {
    const int outputs = (c.frames + step - 1) / step;
    for (int first : {0, 2}) {
      std::vector<float> y(static_cast<size_t>(outputs) * c.n);
      conv1d_gelu_f32(c.input(step, first), tiles.view, c.bias.data(),
                      MatrixF32(y.data(), outputs - first, c.n));
      for (int t = first; t < outputs; ++t) {
        for (int o = 0; o < c.n; ++o) {
          CHECK(std::fabs(y[(t - first) * c.n + o] - c.expected(t, o, step)) < 1e-5);
        }
      }
    }
  }
}

namespace {

void check_int8(int inputs, bool light) {
  Case c(24, inputs);
  // A loud row must not cost the quiet ones their precision.
  for (int i = 0; i < inputs; ++i) c.padded[(c.frames / 2) * inputs + i] *= 100.0f;
  test::OwnedQ8 taps[] = {
      {c.tap(0), c.n, inputs}, {c.tap(1), c.n, inputs}, {c.tap(2), c.n, inputs}};
  for (test::OwnedQ8& tap : taps) {
    if (light && simd::in_pairs()) tap.split();
  }
  const Q8Tiles views[] = {taps[0].view, taps[1].view, taps[2].view};
  for (int step : {1, 2}) {
    const int outputs = (c.frames + step - 1) / step, read = rows_read(step, outputs);
    std::vector<float> y(static_cast<size_t>(outputs) * c.n);
    test::OwnedRows rows(read, inputs);
    conv1d_gelu_q8(c.input(step, 0), views, c.bias.data(), rows.view,
                   MatrixF32(y.data(), outputs, c.n));
    const double steps = rows.view.range.hi - rows.view.range.lo;
    // As in gemm_q8_test: both factors within half a step, over the products of three rows.
    const double deviation = std::sqrt(inputs) * (2.0 / steps + 2.0 / 254) / std::sqrt(12.0);
    for (int t = 0; t < outputs; ++t) {
      const int nearest = std::abs(t * step - (c.frames / 2 - 1));
      const double loud = nearest <= 1 ? 100 : 1;
      for (int o = 0; o < c.n; ++o) {
        CHECK(std::fabs(y[t * c.n + o] - c.expected(t, o, step)) < 6 * loud * deviation);
      }
    }
  }
}

}  // namespace

TEST_CASE("conv1d: int8 is close to the plain convolution, each row in its own steps") {
  for (int inputs : {5, 80}) {
    check_int8(inputs, false);
    // As the encoder has its weights: 8 bits on every processor.
    check_int8(inputs, true);
  }
}
