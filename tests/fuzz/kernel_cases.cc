#include "fuzz/kernel_cases.h"

#include <cmath>
#include <iterator>
#include <utility>

#include "fuzz/attention_cases.h"
#include "fuzz/chosen.h"
#include "fuzz/product_cases.h"
#include "kernels/conv1d.h"
#include "kernels/exp.h"
#include "kernels/gelu.h"
#include "kernels/layer_norm.h"
#include "kernels/log_sum_exp.h"
#include "kernels/lstm_cell.h"
#include "kernels/maximum.h"
#include "kernels/median_filter.h"
#include "kernels/normalize_columns.h"
#include "kernels/score_blocks.h"
#include "kernels/sigmoid.h"
#include "kernels/softmax.h"
#include "unit/support/block_rows.h"
#include "unit/support/matrices.h"
#include "unit/support/quant_rows.h"

namespace sotto::fuzz {
namespace {

// Where the scale is zero, what the row holds has no meaning; nor has what lies beyond k.
template <class Rows>
Outcome outcome_of(const char* what, Same same, const Rows& rows) {
  Outcome o{what, same, rows.scale, rows.zero};
  for (int r = 0; r < rows.view.rows; ++r) {
    for (int i = 0; i < rows.view.k; ++i)
      o.i32.push_back(rows.scale[r] == 0 ? 0 : rows.value(r, i));
  }
  return o;
}

template <class Dot>
void quantize_case(Chosen& chosen, const char* what, Same same, Outcomes& out) {
  const int m = chosen.from(1, 6), k = chosen.from(1, 400), stride = k + chosen.from(0, 5);
  const Floats values = chosen.any(static_cast<size_t>(m) * stride);
  test::OwnedRowsOf<Dot> rows(m, k);
  const ConstMatrixF32 x(values.data(), m, k, stride);
  quantize_rows(x, rows.view);
  out.push_back(outcome_of(what, same, rows));
}

void quantize_centred_case(Chosen& chosen, Outcomes& out) {
  const int m = chosen.from(1, 6), k = chosen.from(1, 400);
  const Floats values = chosen.any(static_cast<size_t>(m) * k);
  test::OwnedRows rows(m, k);
  quantize_rows_centred(ConstMatrixF32(values.data(), m, k), rows.view);
  out.push_back(outcome_of("quantize_rows_centred", Same::kInTwins, rows));
}

void quantize_blocks_case(Chosen& chosen, Outcomes& out) {
  const int m = chosen.from(1, 3), k = kSuperBlock * chosen.from(1, 3);
  const test::OwnedBlockRows rows(chosen.any(static_cast<size_t>(m) * k), m, k);
  Outcome o{"quantize_blocks", Same::kEverywhere, {}, {}};
  for (size_t b = 0; b < rows.totals.size(); ++b) {
    const BlockTotals& totals = rows.totals[b];
    o.f32.push_back(totals.scale);
    if (totals.scale == 0) continue;
    o.i32.insert(o.i32.end(), std::begin(totals.of_16), std::end(totals.of_16));
    o.i32.insert(o.i32.end(), std::begin(totals.of_32), std::end(totals.of_32));
    const int blocks = k / kSuperBlock, row = static_cast<int>(b) / blocks;
    const int first = static_cast<int>(b) % blocks * kSuperBlock;
    for (int i = 0; i < kSuperBlock; ++i) o.i32.push_back(rows.value(row, first + i));
  }
  out.push_back(std::move(o));
}

void layer_norm_case(Chosen& chosen, Outcomes& out) {
  const int m = chosen.from(1, 4), n = chosen.from(1, 500), stride = n + chosen.from(0, 5);
  const Floats gamma = chosen.any(n), beta = chosen.any(n);
  const Floats x = chosen.any(static_cast<size_t>(m) * stride);
  const ConstMatrixF32 rows(x.data(), m, n, stride);
  Outcome o{"layer_norm", Same::kEverywhere, Floats(static_cast<size_t>(m) * n), {}};
  layer_norm_f32(rows, gamma.data(), beta.data(), MatrixF32(o.f32.data(), m, n));
  out.push_back(std::move(o));
  test::OwnedFineRows quantised(m, n);
  Floats row(n);
  layer_norm_quantize(rows, gamma.data(), beta.data(), row.data(), quantised.view);
  out.push_back(outcome_of("layer_norm_quantize", Same::kEverywhere, quantised));
}

// Functions of one number, over any bits.
void elementwise_case(Chosen& chosen, Outcomes& out) {
  const int n = chosen.from(1, 300);
  const Floats x = chosen.any(n);
  Outcome gelu{"gelu", Same::kEverywhere, x, {}}, sigmoid{"sigmoid", Same::kEverywhere, x, {}};
  gelu_f32(gelu.f32.data(), n);
  sigmoid_f32(sigmoid.f32.data(), n);
  out.push_back(std::move(gelu));
  out.push_back(std::move(sigmoid));
  Outcome exp{"exp", Same::kEverywhere, {}, {}};
  for (const float value : x) {
    float y[4];
    simd::store(y, exp_f32x4(simd::splat(value)));
    exp.f32.insert(exp.f32.end(), y, y + 4);
  }
  out.push_back(std::move(exp));
  test::OwnedFineRows rows(1, n);
  Floats row(n);
  gelu_quantize(ConstMatrixF32(x.data(), 1, n), row.data(), rows.view);
  out.push_back(outcome_of("gelu_quantize", Same::kEverywhere, rows));
}

void reduction_case(Chosen& chosen, Outcomes& out) {
  const int n = chosen.from(1, 600);
  const Floats x = chosen.any(n);
  const float largest = max_f32(x.data(), n);
  Outcome o{"maximum, sum_exp, softmax, score blocks",
            Same::kEverywhere,
            {largest, max_magnitude_f32(x.data(), n)},
            {}};
  if (std::isfinite(largest)) o.f32.push_back(sum_exp_f32(x.data(), n, largest));
  Floats scores = chosen.finite(n);
  const Floats bias = chosen.finite(n);
  add_score_bias_f32(scores.data(), chosen.flag() ? bias.data() : nullptr, n, 0.125f);
  o.f32.push_back(softmax_exp_f32(scores.data(), n, 0.125f));
  o.f32.insert(o.f32.end(), scores.begin(), scores.end());
  const int blocks = score_blocks(n);
  Floats tops(blocks), sums(blocks);
  sum_score_blocks(x.data(), n, tops.data(), sums.data());
  if (std::isfinite(largest)) {
    o.f32.push_back(join_score_blocks(tops.data(), sums.data(), blocks, largest));
  }
  o.f32.insert(o.f32.end(), sums.begin(), sums.end());
  out.push_back(std::move(o));
}

void lstm_case(Chosen& chosen, Outcomes& out) {
  const int n = chosen.from(1, 130);
  Floats gates = chosen.finite(4 * static_cast<size_t>(n));
  Outcome o{"lstm_cell", Same::kEverywhere, chosen.finite(n), {}};
  o.f32.resize(2 * static_cast<size_t>(n));
  lstm_cell_f32(gates.data(), n, o.f32.data(), o.f32.data() + n);
  out.push_back(std::move(o));
}

void alignment_case(Chosen& chosen, Outcomes& out) {
  const int m = chosen.from(1, 20), n = chosen.from(1, 60), stride = n + chosen.from(0, 5);
  Outcome o{
      "normalize_columns", Same::kEverywhere, chosen.finite(static_cast<size_t>(m) * stride), {}};
  normalize_columns_f32(MatrixF32(o.f32.data(), m, n, stride));
  Outcome median{"add_median7", Same::kEverywhere, chosen.finite(n), {}};
  const Floats x = chosen.finite(n);
  add_median7_f32(x.data(), n, median.f32.data());
  out.push_back(std::move(o));
  out.push_back(std::move(median));
}

void conv_case(Chosen& chosen, Outcomes& out) {
  const int inputs = chosen.from(1, 80), n = chosen.from(1, 20), frames = chosen.from(1, 20);
  const int step = chosen.from(1, 2), all = (frames - 1) / step + 1,
            first = chosen.from(0, all - 1);
  const int count = chosen.from(1, all - first);
  const Floats padded = chosen.finite(static_cast<size_t>(frames + 2) * inputs);
  const ConvInput x{ConstMatrixF32(padded.data(), frames + 2, inputs), step, first};
  const Floats bias = chosen.finite(n);
  const size_t weights = static_cast<size_t>(n) * inputs;
  Outcome f32{"conv1d f32", Same::kEverywhere, Floats(static_cast<size_t>(count) * n), {}};
  Outcome q8{"conv1d q8", Same::kInTwins, f32.f32, {}};
  const test::OwnedF32 w(chosen.finite(kConvTaps * weights), n, kConvTaps * inputs);
  conv1d_gelu_f32(x, w.view, bias.data(), MatrixF32(f32.f32.data(), count, n));
  const test::OwnedQ8 taps[] = {{chosen.finite(weights), n, inputs},
                                {chosen.finite(weights), n, inputs},
                                {chosen.finite(weights), n, inputs}};
  const Q8Tiles views[] = {taps[0].view, taps[1].view, taps[2].view};
  test::OwnedRows rows(rows_read(step, count), inputs);
  conv1d_gelu_q8(x, views, bias.data(), rows.view, MatrixF32(q8.f32.data(), count, n));
  out.push_back(std::move(f32));
  out.push_back(std::move(q8));
}

}  // namespace

Outcomes run_kernel(const uint8_t* bytes, size_t size) {
  using simd::FastDot, simd::FineDot;
  constexpr Same kTwins = Same::kInTwins, kAll = Same::kEverywhere;
  Outcomes out;
  if (size == 0) return out;
  Chosen chosen(bytes + 1, size - 1);
  switch (bytes[0] % 20) {
    case 0: quantize_case<FastDot>(chosen, "quantize_rows", kTwins, out); break;
    case 1: quantize_case<FineDot>(chosen, "quantize_rows, fine", kAll, out); break;
    case 2:
    case 3:
    case 4:
    case 5:
    case 6: run_product(bytes[0] % 20 - 2, chosen, out); break;
    case 7: quantize_blocks_case(chosen, out); break;
    case 8: layer_norm_case(chosen, out); break;
    case 9: elementwise_case(chosen, out); break;
    case 10: reduction_case(chosen, out); break;
    case 11: lstm_case(chosen, out); break;
    case 12: alignment_case(chosen, out); break;
    case 13: conv_case(chosen, out); break;
    case 14: run_product(5, chosen, out); break;
    case 15: quantize_centred_case(chosen, out); break;
    default: run_attention(bytes[0] % 20 - 16, chosen, out);
  }
  return out;
}

}  // namespace sotto::fuzz
