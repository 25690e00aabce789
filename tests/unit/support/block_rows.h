// Activations quantised in blocks, for kernel tests.
#pragma once

#include <vector>

#include "kernels/quantize_blocks.h"

namespace sotto::test {

struct OwnedBlockRows {
  std::vector<simd::DotInput> q;
  std::vector<BlockTotals> totals;
  BlockRows view;

  OwnedBlockRows(const std::vector<float>& x, int m, int k)
      : q(static_cast<size_t>(m) * k, 99), totals(static_cast<size_t>(m) * (k / kSuperBlock)) {
    view.q = q.data();
    view.totals = totals.data();
    quantize_blocks(ConstMatrixF32(x.data(), m, k), view);
  }

  // A stored activation is a signed number of one or two bytes, whatever DotInput says.
  int value(int r, int i) const {
    const simd::DotInput stored = view.row(r)[i];
    return sizeof(stored) == 1 ? static_cast<int8_t>(stored) : static_cast<int>(stored);
  }
};

}  // namespace sotto::test
