#include "model/linear.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "kernels/gelu.h"
#include "kernels/layer_norm.h"
#include "unit/support/k_matrices.h"
#include "unit/support/k_quantizer.h"
#include "unit/support/matrices.h"
#include "unit/support/random.h"

using namespace sotto;

namespace {

// Scratch with memory of its own, which is reserved as the engine does it: counted, then taken.
struct OwnedScratch {
  OwnedScratch(int max_rows, int max_k, Activations activations) {
    ArenaLayout sizes;
    LinearScratch::take(sizes, max_rows, max_k, activations);
    arena = std::move(Arena::reserve(sizes.total_bytes()).value());
    ArenaLayout places(arena);
    scratch = LinearScratch::take(places, max_rows, max_k, activations);
    CHECK(arena.used_bytes() == sizes.total_bytes());
  }

  Arena arena;
  LinearScratch scratch;
};

}  // namespace

TEST_CASE("linear: int8 and float layers agree within what int8 costs") {
  test::Random random(8);
  const int m = 5, n = 19, k = 48;
  const std::vector<float> x = random.floats(m * k), w = random.floats(n * k);
  std::vector<float> bias = random.floats(n);
  const test::OwnedQ8 q8(w, n, k);
  const test::OwnedF32 f32(w, n, k);
  Linear quantised{n, k, q8.view, {}, bias.data()}, exact{n, k, {}, f32.view, bias.data()};
  CHECK(quantised.is_q8());
  CHECK_FALSE(exact.is_q8());

  for (const Activations activations : {Activations::kFast, Activations::kFine}) {
    OwnedScratch owned(m, k, activations);
    LinearScratch& scratch = owned.scratch;
    std::vector<float> a(m * n), b(m * n);
    apply(quantised, ConstMatrixF32(x.data(), m, k), Epilogue::kStore, MatrixF32(a.data(), m, n),
          scratch);
    apply(exact, ConstMatrixF32(x.data(), m, k), Epilogue::kStore, MatrixF32(b.data(), m, n),
          scratch);
    for (int i = 0; i < m * n; ++i) CHECK(std::fabs(a[i] - b[i]) < 0.1f);
  }

  std::vector<float> row(k);
  read_row(exact, 18, row.data());
  for (int i = 0; i < k; ++i) CHECK(row[i] == w[18 * k + i]);
  read_row(quantised, 18, row.data());
  for (int i = 0; i < k; ++i) CHECK(std::fabs(row[i] - w[18 * k + i]) <= 0.51f * q8.scale[18]);
}

TEST_CASE("linear: packed layers agree with the float layer of the same numbers") {
  test::Random random(9);
  const int m = 5, n = 19, k = 512;
  const std::vector<float> x = random.floats(m * k), w = random.floats(n * k, -0.1f, 0.1f);
  std::vector<float> bias = random.floats(n);
  for (const DType dtype : test::kPackedTypes) {
    INFO(std::string(dtype_name(dtype)));
    const std::vector<uint8_t> bytes = test::encode_blocks(w, dtype);
    std::vector<float> values(n * k);
    dequantize_row(dtype, bytes.data(), n * k, values.data());
    const test::OwnedKTiles tiles(dtype, bytes, n, k);
    const test::OwnedF32 f32(values, n, k);
    const Linear packed{n, k, {}, {}, bias.data(), tiles.view};
    const Linear exact{n, k, {}, f32.view, bias.data(), {}};
    CHECK(packed.is_packed());
    CHECK_FALSE(packed.is_q8());
    CHECK_FALSE(exact.is_packed());

    // Room for more rows and columns than are used.
    OwnedScratch owned(m + 1, 2 * k, Activations::kFine);
    LinearScratch& scratch = owned.scratch;
    std::vector<float> a(m * n), b(m * n);
    for (const Epilogue epilogue : {Epilogue::kStore, Epilogue::kGelu, Epilogue::kResidual}) {
      apply(packed, ConstMatrixF32(x.data(), m, k), epilogue, MatrixF32(a.data(), m, n), scratch);
      apply(exact, ConstMatrixF32(x.data(), m, k), epilogue, MatrixF32(b.data(), m, n), scratch);
      // Activations within half a step of 2 / 127 (7 bits) by weights of 0.06 in the mean square:
      // six standard deviations are 0.04, twice for what is added up.
      for (int i = 0; i < m * n; ++i) CHECK(std::fabs(a[i] - b[i]) < 0.08f);
    }
    std::vector<float> row(k);
    for (const int r : {0, 8, 18}) {
      read_row(packed, r, row.data());
      for (int i = 0; i < k; ++i) REQUIRE(row[i] == values[r * k + i]);
    }
  }
}

TEST_CASE("linear: a norm and GELU on the way are the same as before, whatever the weights") {
  test::Random random(10);
  const int m = 5, n = 19, k = 256;
  const std::vector<float> x = random.floats(m * k), w = random.floats(n * k, -0.1f, 0.1f);
  std::vector<float> gamma = random.floats(k), beta = random.floats(k);
  const LayerNormWeights norm{gamma.data(), beta.data()};
  const test::OwnedQ8 q8(w, n, k);
  const test::OwnedF32 f32(w, n, k);
  const test::OwnedKTiles q8_0(DType::kQ8_0, test::encode_blocks(w, DType::kQ8_0), n, k);
  const test::OwnedKTiles q6_k(DType::kQ6_K, test::encode_blocks(w, DType::kQ6_K), n, k);
  for (const Linear& linear :
       {Linear{n, k, q8.view, {}, nullptr, {}}, Linear{n, k, {}, f32.view, nullptr, {}},
        Linear{n, k, {}, {}, nullptr, q8_0.view}, Linear{n, k, {}, {}, nullptr, q6_k.view}}) {
    for (const Activations activations : {Activations::kFast, Activations::kFine}) {
      OwnedScratch owned(m, k, activations);
      LinearScratch& scratch = owned.scratch;
      const auto outputs = [&](const LinearInput& input) {
        std::vector<float> y(m * n);
        apply(linear, input, Epilogue::kStore, MatrixF32(y.data(), m, n), scratch);
        return y;
      };
      std::vector<float> normed(x.size()), memory(x.size()), curved = x, hidden = x;
      const ConstMatrixF32 in(x.data(), m, k);
      layer_norm_f32(in, gamma.data(), beta.data(), MatrixF32(normed.data(), m, k));
      CHECK((outputs(LinearInput::normed(in, norm, MatrixF32(memory.data(), m, k))) ==
             outputs(ConstMatrixF32(normed.data(), m, k))));
      for (int r = 0; r < m; ++r) gelu_f32(&curved[r * k], k);
      CHECK((outputs(LinearInput::gelu(MatrixF32(hidden.data(), m, k))) ==
             outputs(ConstMatrixF32(curved.data(), m, k))));
    }
  }
}
