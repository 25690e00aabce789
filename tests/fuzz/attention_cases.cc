#include "fuzz/attention_cases.h"

#include <algorithm>
#include <utility>

#include "kernels/attend.h"
#include "kernels/attend_pages.h"
#include "kernels/attention_f32.h"
#include "kernels/attention_q8.h"
#include "kernels/softmax_quantize.h"

namespace sotto::fuzz {
namespace {

// Biases as attention gets them: logarithms of counts, and room for whole vectors.
Floats key_bias(Chosen& chosen, int n) {
  Floats bias(static_cast<size_t>(padded_k(n)));
  for (float& value : bias) value = static_cast<float>(chosen.from(0, 40)) * 0.1f;
  return bias;
}

void f32_case(Chosen& chosen, Outcomes& out) {
  const int n = chosen.from(1, 300), d = 4 * chosen.from(1, 20), m = chosen.from(1, kQueryBlock);
  const Floats k = chosen.finite(static_cast<size_t>(n) * d);
  const Floats v = chosen.finite(static_cast<size_t>(n) * d);
  const Floats q = chosen.finite(static_cast<size_t>(m) * d), bias = key_bias(chosen, n);
  Floats tiles(f32_tiles_count(n, d) + f32_tiles_count(d, n));
  const PackedHeadF32 head{{n, d, tiles.data()}, {d, n, tiles.data() + f32_tiles_count(n, d)}};
  pack_head_f32(ConstMatrixF32(k.data(), n, d), ConstMatrixF32(v.data(), n, d), head);
  Floats scores(static_cast<size_t>(m) * n);
  Outcome o{"attention_f32", Same::kEverywhere, Floats(q.size()), {}};
  attention_f32(ConstMatrixF32(q.data(), m, d), head, chosen.flag() ? bias.data() : nullptr, 0.125f,
                scores.data(), MatrixF32(o.f32.data(), m, d));
  out.push_back(std::move(o));
}

void paged_case(Chosen& chosen, Outcomes& out) {
  const int d = 4 * chosen.from(1, 20), page_rows = chosen.from(1, 40), n = chosen.from(1, 200);
  const int pages = (n + page_rows - 1) / page_rows, stride = d + chosen.from(0, 7);
  const Floats memory = chosen.finite(static_cast<size_t>(pages) * page_rows * stride);
  const Floats q = chosen.finite(d);
  std::vector<float*> page(pages);
  std::vector<int> table(pages);
  for (int i = 0; i < pages; ++i) {
    page[i] = const_cast<float*>(memory.data()) + static_cast<size_t>(i) * page_rows * stride;
    table[i] = (i + pages / 2) % pages;
  }
  const PagedRows rows{page.data(), table.data(), page_rows, stride, 0, n, d};
  Floats scores(n);
  Outcome o{"attend_f32", Same::kEverywhere, Floats(d), {}};
  const Floats bias = key_bias(chosen, n);
  attend_f32(q.data(), {rows, rows}, chosen.flag() ? bias.data() : nullptr, 0.125f, scores.data(),
             o.f32.data());
  o.f32.insert(o.f32.end(), scores.begin(), scores.end());
  out.push_back(std::move(o));
}

void rows_q8_case(Chosen& chosen, Outcomes& out) {
  const int n = chosen.from(1, 300), d = 16 * chosen.from(1, 16);
  const Floats k = chosen.finite(static_cast<size_t>(n) * d);
  const Floats v = chosen.finite(static_cast<size_t>(n) * d);
  const Floats q = chosen.finite(d), bias = key_bias(chosen, n);
  std::vector<int8_t> bytes(2 * k.size());
  Floats scales(2 * static_cast<size_t>(n));
  const HeadRowsQ8 keys{bytes.data(), scales.data(), n, d};
  const HeadRowsQ8 values{bytes.data() + k.size(), scales.data() + n, n, d};
  quantize_head_rows(ConstMatrixF32(k.data(), n, d), 0, keys);
  quantize_head_rows(ConstMatrixF32(v.data(), n, d), 0, values);
  Outcome o{"attend_q8, score_q8", Same::kEverywhere, Floats(d), {bytes.begin(), bytes.end()}};
  Floats scores(n);
  score_q8(q.data(), keys, scores.data());
  o.f32.insert(o.f32.end(), scores.begin(), scores.end());
  attend_q8(q.data(), {keys, values}, chosen.flag() ? bias.data() : nullptr, 0.125f, scores.data(),
            o.f32.data());
  o.f32.insert(o.f32.end(), scales.begin(), scales.end());
  out.push_back(std::move(o));
}

// A head's tiles with their memory.
struct OwnedHead {
  std::vector<int8_t> tiles;
  Floats scales;
  std::vector<int32_t> sums;
  PackedHeadQ8 view;

  OwnedHead(int n, int d) {
    const size_t keys = static_cast<size_t>(padded_n(n)) * padded_k(d);
    tiles.resize(keys + static_cast<size_t>(padded_n(d)) * padded_k(n));
    scales.resize(padded_n(n) + padded_n(d));
    sums.resize(scales.size());
    view.keys = {n, d, scales.data(), sums.data(), tiles.data()};
    view.values = {d, n, scales.data() + padded_n(n), sums.data() + padded_n(n),
                   tiles.data() + keys};
  }
};

void q8_case(Chosen& chosen, Outcomes& out) {
  const int n = chosen.from(1, 300), d = 16 * chosen.from(1, 8);
  const int m = chosen.from(1, kQueryBlockQ8);
  const Floats k = chosen.finite(static_cast<size_t>(n) * d);
  const Floats v = chosen.finite(static_cast<size_t>(n) * d);
  const Floats q = chosen.finite(static_cast<size_t>(m) * d), bias = key_bias(chosen, n);
  OwnedHead head(n, d);
  pack_head_q8(ConstMatrixF32(k.data(), n, d), ConstMatrixF32(v.data(), n, d), head.view);
  std::vector<simd::DotInput> queries(kQueryBlockQ8 * padded_k(d));
  std::vector<simd::DotInput> probabilities(simd::kGemmRows * kSoftmaxBlock);
  Floats query_scales(kQueryBlockQ8), totals(kQueryBlockQ8 * d), weights(kQueryBlockQ8);
  std::vector<int32_t> zeros(kQueryBlockQ8), maxima(kQueryBlockQ8);
  std::vector<int16_t> scores(simd::kGemmRows * kSoftmaxBlock);
  AttentionScratchQ8 scratch{{queries.data(), query_scales.data(), zeros.data()},
                             scores.data(),
                             probabilities.data(),
                             totals.data(),
                             maxima.data(),
                             weights.data()};
  Outcome o{"attention_q8", Same::kInTwins, Floats(q.size()), {}};
  attention_q8(ConstMatrixF32(q.data(), m, d), head.view, chosen.flag() ? bias.data() : nullptr,
               0.125f, scratch, MatrixF32(o.f32.data(), m, d));
  out.push_back(std::move(o));
}

}  // namespace

void run_attention(int kernel, Chosen& chosen, Outcomes& out) {
  switch (kernel) {
    case 0: return f32_case(chosen, out);
    case 1: return paged_case(chosen, out);
    case 2: return rows_q8_case(chosen, out);
    default: return q8_case(chosen, out);
  }
}

}  // namespace sotto::fuzz
