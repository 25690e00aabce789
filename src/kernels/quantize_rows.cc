#include "kernels/quantize_rows.h"

#include <algorithm>
#include <cmath>

#include "kernels/quantize_row.h"

namespace sotto {

using namespace simd;

namespace {

// Narrower rows count as zero: their inverse would not be finite.
constexpr float kSmallestWidth = 1e-30f;

RowRange row_range(const float* x, int k) {
  RowRange range;
  int i = 0;
  for (; i + 4 <= k; i += 4) range.include(load(x + i));
  for (; i < k; ++i) range.include(x[i]);
  return range;
}

// x[16] times inverse, plus zero, as 16 quantised activations.
template <class Dot>
void quantize_16(const float* x, F32x4 inverse, I32x4 zero, DotRange range,
                 typename Dot::Input* q) {
  I32x4 rounded[4];
  for (int i = 0; i < 4; ++i) rounded[i] = add(round_to_i32(mul(load(x + 4 * i), inverse)), zero);
  Dot::store(q, rounded, range);
}

template <class Dot>
void store_row(const float* x, float inverse, int r, QuantRowsOf<Dot>& out) {
  const F32x4 s = splat(inverse);
  const I32x4 z = splat(out.zero[r]);
  const int k = out.k;
  typename Dot::Input* q = out.row(r);
  int i = 0;
  for (; i + 16 <= k; i += 16) quantize_16<Dot>(x + i, s, z, out.range, q + i);
  if (i == k) return;
  float tail[16] = {};
  std::copy(x + i, x + k, tail);
  quantize_16<Dot>(tail, s, z, out.range, q + i);
}

struct Step {
  float inverse = 0;  // 0: the row counts as zero
  float size = 0;
};

Step step_of(bool finite, float width, float steps) {
  const bool usable = finite && std::isfinite(width) && width >= kSmallestWidth;
  return usable ? Step{steps / width, width / steps} : Step{};
}

template <class Dot>
void quantize_one(const float* x, const RowRange& range, int r, QuantRowsOf<Dot>& out) {
  const DotRange dot = out.range;
  const float lo = range.lo();
  const Step step = step_of(range.finite(), range.hi() - lo, static_cast<float>(dot.hi - dot.lo));
  // -lo is at most the width, so the product stays within the range.
  const float zero = step.inverse > 0 ? std::nearbyint(-lo * step.inverse) : 0.0f;
  out.scale[r] = step.size;
  out.zero[r] = dot.lo + static_cast<int32_t>(zero);
  store_row<Dot>(x, step.inverse, r, out);
}

template <class Dot>
void quantize(ConstMatrixF32 x, QuantRowsOf<Dot>& out) {
  out.rows = x.rows;
  out.k = x.cols;
  for (int r = 0; r < x.rows; ++r) {
    quantize_one<Dot>(x.row(r), row_range(x.row(r), x.cols), r, out);
  }
}

}  // namespace

void quantize_row(const float* x, const RowRange& range, int r, QuantRows& out) {
  quantize_one<FastDot>(x, range, r, out);
}
void quantize_row(const float* x, const RowRange& range, int r, FineRows& out) {
  quantize_one<FineDot>(x, range, r, out);
}

void quantize_rows(ConstMatrixF32 x, QuantRows& out) { quantize(x, out); }
void quantize_rows(ConstMatrixF32 x, FineRows& out) { quantize(x, out); }

void quantize_rows_centred(ConstMatrixF32 x, QuantRows& out) {
  out.rows = x.rows;
  out.k = x.cols;
  const DotRange dot = out.range;
  const int32_t zero = centre_of(dot);
  for (int r = 0; r < x.rows; ++r) {
    const RowRange range = row_range(x.row(r), x.cols);
    const float magnitude = std::max(-range.lo(), range.hi());
    const Step step = step_of(range.finite(), magnitude, static_cast<float>(dot.hi - zero));
    out.scale[r] = step.size;
    out.zero[r] = zero;
    store_row(x.row(r), step.inverse, r, out);
  }
}

}  // namespace sotto
