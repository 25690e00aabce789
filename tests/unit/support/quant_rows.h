// Activations quantised by rows, for kernel tests.
#pragma once

#include <vector>

#include "kernels/quantize_rows.h"

namespace sotto::test {

struct OwnedRows {
  std::vector<simd::DotInput> q;
  std::vector<float> scale;
  std::vector<int32_t> zero;
  QuantRows view;

  OwnedRows(const std::vector<float>& x, int m, int k)
      : q(static_cast<size_t>(m) * padded_k(k), 99), scale(m), zero(m) {
    view.q = q.data();
    view.scale = scale.data();
    view.zero = zero.data();
    quantize_rows(ConstMatrixF32(x.data(), m, k), view);
  }

  // The value that a stored activation stands for.
  int32_t value(int r, int i) const {
    const simd::DotInput stored = view.row(r)[i];
    const bool is_signed = simd::dot_flavour() == simd::DotFlavour::kSigned;
    return is_signed ? static_cast<int8_t>(stored) : stored;
  }
};

}  // namespace sotto::test
