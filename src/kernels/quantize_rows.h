// Dynamic quantisation of activations, row by row, to what the int8 kernels multiply.
#pragma once

#include "base/tensor.h"
#include "quant/formats.h"
#include "simd/simd.h"

namespace sotto {

// Quantised rows: x[m, k] = scale[m] * (q[m, k] - zero[m]), q in `range`, which is what the weights
// that they are to meet allow (input_range). Rows are padded_k(k) apart; what a row holds beyond k
// meets weights that are zero. Not owned.
template <class Dot>
struct QuantRowsOf {
  using Input = typename Dot::Input;

  Input* q = nullptr;
  float* scale = nullptr;
  int32_t* zero = nullptr;
  int rows = 0;
  int k = 0;
  simd::DotRange range = Dot::range();

  const Input* row(int r) const { return q + static_cast<size_t>(r) * padded_k(k); }
  Input* row(int r) { return q + static_cast<size_t>(r) * padded_k(k); }
};

// What the fastest inner product takes, and 11 bits in every backend.
using QuantRows = QuantRowsOf<simd::FastDot>;
using FineRows = QuantRowsOf<simd::FineDot>;

// The finest activations whose products with w are exact.
inline simd::DotRange input_range(const Q8Tiles& w) {
  return w.split.is_split() ? simd::FastDot::light_range() : simd::FastDot::range();
}

// Fills out.q, out.scale and out.zero from x; out.rows and out.k are set to x's. The range of a
// row is widened to contain 0, so that 0 is exact; a row that is all zero, or holds a value that
// is not finite, gets scale 0.
void quantize_rows(ConstMatrixF32 x, QuantRows& out);
void quantize_rows(ConstMatrixF32 x, FineRows& out);

// The same with the zero in the middle of the range for every row: a step is wider where a row is
// not symmetric, but what multiplies the zero is the same for all rows.
void quantize_rows_centred(ConstMatrixF32 x, QuantRows& out);

}  // namespace sotto
