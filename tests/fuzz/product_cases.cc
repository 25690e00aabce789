#include "fuzz/product_cases.h"

#include <algorithm>
#include <utility>

#include "kernels/gemm_f32.h"
#include "kernels/gemm_q8.h"
#include "kernels/gemv_k.h"
#include "kernels/gemv_q8_0.h"
#include "unit/support/block_rows.h"
#include "unit/support/k_matrices.h"
#include "unit/support/matrices.h"
#include "unit/support/quant_rows.h"

namespace sotto::fuzz {
namespace {

Epilogue epilogue_of(Chosen& chosen) {
  constexpr Epilogue kAll[] = {Epilogue::kStore, Epilogue::kGelu, Epilogue::kResidual};
  return kAll[chosen.from(0, 2)];
}

template <class Dot>
void gemm_case(Chosen& chosen, const char* what, Same same, Outcomes& out) {
  const int m = chosen.from(0, 9), n = chosen.from(1, 40), k = chosen.from(1, 300);
  const test::OwnedQ8 w(chosen.finite(static_cast<size_t>(n) * k), n, k);
  const test::OwnedRowsOf<Dot> x(chosen.finite(static_cast<size_t>(m) * k), m, k);
  const Floats bias = chosen.finite(n);
  const int stride = n + chosen.from(0, 9);
  Outcome o{what, same, chosen.finite(static_cast<size_t>(m) * stride), {}};
  gemm_q8(x.view, w.view, chosen.flag() ? bias.data() : nullptr, epilogue_of(chosen),
          MatrixF32(o.f32.data(), m, n, stride));
  out.push_back(std::move(o));
}

// A row of fine activations may be multiplied as two rows of bytes, each with an offset that the
// sums of weights take back: they have to be the sums.
void sum_weights(test::OwnedQ8& w) {
  std::fill(w.row_sum.begin(), w.row_sum.end(), 0);
  const size_t tile_bytes = w.view.tile_bytes();
  for (size_t i = 0; i < w.tiles.size(); ++i) {
    const size_t output = i / tile_bytes * kTileN + i / kTileStepK % kTileN;
    w.row_sum[output] += w.tiles[i];
  }
}

// Activations that are given, rather than made of numbers: with these not even int8's sums depend
// on the processor. All weights are the largest and smallest there are; `split`: those that are too
// heavy for the processor.
template <class Dot>
void common_gemm_case(Chosen& chosen, const char* what, int steps, bool split, Outcomes& out) {
  const int m = chosen.from(1, 9), n = chosen.from(1, 40), k = chosen.from(1, 600);
  test::OwnedQ8 w(Floats(static_cast<size_t>(n) * k, 1.0f), n, k);
  for (int8_t& weight : w.tiles) {
    weight = static_cast<int8_t>(std::max<int>(static_cast<int8_t>(chosen.byte()), -127));
  }
  w.scale = chosen.finite(w.scale.size());
  sum_weights(w);
  test::OwnedRowsOf<Dot> x(m, k);
  x.view.rows = m;
  x.view.k = k;
  for (auto& value : x.q) value = static_cast<typename Dot::Input>(chosen.byte() % steps);
  x.scale = chosen.finite(x.scale.size());
  for (int32_t& zero : x.zero) zero = chosen.from(0, steps - 1);
  w.view.scale = w.scale.data();
  x.view.scale = x.scale.data();
  x.view.range = {0, steps - 1};
  if (split && simd::in_pairs()) w.split();
  Outcome o{what, Same::kEverywhere, Floats(static_cast<size_t>(m) * n), {}};
  gemm_q8(x.view, w.view, nullptr, Epilogue::kStore, MatrixF32(o.f32.data(), m, n));
  out.push_back(std::move(o));
}

// Every processor's inner product takes 7 bits.
void seven_bit_gemm_case(Chosen& chosen, Outcomes& out) {
  common_gemm_case<simd::FastDot>(chosen, "gemm_q8 of 7 bits", 128, false, out);
}

constexpr int steps_of(simd::DotRange range) { return range.hi + 1; }

// As many, or fewer, by weights that are split where they need to be. More than 7 bits without a
// sign are none for Arm's.
void split_gemm_case(Chosen& chosen, Outcomes& out) {
  constexpr simd::DotFlavour kPairs = simd::DotFlavour::kPairSaturating;
  common_gemm_case<simd::FastDot>(chosen, "gemm_q8, coarse",
                                  steps_of(simd::coarse_range_of(kPairs)), true, out);
  const char* what = "gemm_q8 by light weights";
  constexpr int kSteps = steps_of(simd::light_range_of(kPairs));
  if (simd::dot_flavour() == simd::DotFlavour::kSigned) {
    common_gemm_case<simd::FineDot>(chosen, what, kSteps, true, out);
  } else {
    common_gemm_case<simd::FastDot>(chosen, what, kSteps, true, out);
  }
}

void gemm_f32_case(Chosen& chosen, Outcomes& out) {
  const int m = chosen.from(0, 9), n = chosen.from(1, 40), k = chosen.from(1, 300);
  // Rows may overlap, as those of a convolution.
  const int stride = chosen.flag() ? chosen.from(1, k) : k + chosen.from(0, 5);
  const Floats x = chosen.any(static_cast<size_t>(m) * stride + k), bias = chosen.any(n);
  const test::OwnedF32 w(chosen.any(static_cast<size_t>(n) * k), n, k);
  const int y_stride = n + chosen.from(0, 9);
  Outcome o{"gemm_f32", Same::kEverywhere, chosen.any(static_cast<size_t>(m) * y_stride), {}};
  gemm_f32(ConstMatrixF32(x.data(), m, k, stride), w.view, chosen.flag() ? bias.data() : nullptr,
           epilogue_of(chosen), MatrixF32(o.f32.data(), m, n, y_stride));
  out.push_back(std::move(o));
}

void packed_case(Chosen& chosen, Outcomes& out) {
  const DType dtype = test::kPackedTypes[chosen.from(0, 3)];
  const bool is_q8_0 = dtype == DType::kQ8_0;
  const int m = chosen.from(1, 5), n = chosen.from(1, 20);
  const int k = chosen.from(1, 3) *
                static_cast<int>(is_q8_0 ? 2 * block_elements(dtype) : block_elements(dtype));
  std::vector<uint8_t> blocks = chosen.some_bytes(row_bytes(dtype, static_cast<size_t>(k)) * n);
  // Scales that are numbers: others are refused where a model is read, or make no sense.
  const size_t block = row_bytes(dtype, block_elements(dtype));
  for (size_t at = 0; at < blocks.size(); at += block) {
    for (const size_t offset : test::scale_offsets(dtype)) blocks[at + offset + 1] &= 0xBB;
  }
  if (!has_k_tiles(dtype, k)) return;
  const test::OwnedKTiles w(dtype, blocks, n, k);
  const Floats x = chosen.finite(static_cast<size_t>(m) * k), bias = chosen.finite(n);
  Outcome o{dtype_name(dtype),
            is_q8_0 ? Same::kInTwins : Same::kEverywhere,
            chosen.finite(static_cast<size_t>(m) * n),
            {}};
  const MatrixF32 y(o.f32.data(), m, n);
  const Epilogue epilogue = epilogue_of(chosen);
  if (is_q8_0) {
    gemv_q8_0(test::OwnedRows(x, m, k).view, w.view, bias.data(), epilogue, y);
  } else {
    gemv_k(test::OwnedBlockRows(x, m, k).view, w.view, bias.data(), epilogue, y);
  }
  out.push_back(std::move(o));
}

}  // namespace

void run_product(int kernel, Chosen& chosen, Outcomes& out) {
  using simd::FastDot, simd::FineDot;
  switch (kernel) {
    case 0: gemm_case<FastDot>(chosen, "gemm_q8", Same::kInTwins, out); break;
    case 1: gemm_case<FineDot>(chosen, "gemm_q8, fine", Same::kEverywhere, out); break;
    case 2: seven_bit_gemm_case(chosen, out); break;
    case 3: gemm_f32_case(chosen, out); break;
    case 4: packed_case(chosen, out); break;
    default: split_gemm_case(chosen, out);
  }
}

}  // namespace sotto::fuzz
