// Activations quantised by rows, with their memory.
#pragma once

#include <vector>

#include "kernels/quantize_rows.h"

namespace sotto::test {

template <class Dot>
struct OwnedRowsOf {
  std::vector<typename Dot::Input> q;
  std::vector<float> scale;
  std::vector<int32_t> zero;
  QuantRowsOf<Dot> view;

  // Filled with rubbish.
  OwnedRowsOf(int m, int k) : q(static_cast<size_t>(m) * padded_k(k), 99), scale(m), zero(m) {
    view.q = q.data();
    view.scale = scale.data();
    view.zero = zero.data();
  }
  OwnedRowsOf(const std::vector<float>& x, int m, int k) : OwnedRowsOf(x, m, k, Dot::range()) {}
  OwnedRowsOf(const std::vector<float>& x, int m, int k, simd::DotRange range) : OwnedRowsOf(m, k) {
    view.range = range;
    quantize_rows(ConstMatrixF32(x.data(), m, k), view);
  }

  // The value that a stored activation stands for.
  int32_t value(int r, int i) const {
    const typename Dot::Input stored = view.row(r)[i];
    const bool is_signed_byte = sizeof(stored) == 1 && view.range.lo < 0;
    return is_signed_byte ? static_cast<int8_t>(stored) : stored;
  }
  bool operator==(const OwnedRowsOf& other) const {
    return q == other.q && scale == other.scale && zero == other.zero;
  }
};

using OwnedRows = OwnedRowsOf<simd::FastDot>;
using OwnedFineRows = OwnedRowsOf<simd::FineDot>;

}  // namespace sotto::test
