#include "decode/time_warp.h"

#include <algorithm>
#include <cmath>

namespace sotto {

namespace {

// Where a cell's path comes from.
enum Move : uint8_t { kBoth, kRow, kColumn };

}  // namespace

void warp_time(ConstMatrixF32 gain, std::span<uint8_t> moves, std::span<float> costs,
               std::span<int> first_column) {
  const int m = gain.rows, n = gain.cols;
  // Of the column before and of this one, each with a row before the first, which no path enters
  // but the one that begins.
  float* before = costs.data();
  float* here = before + m + 1;
  std::fill_n(before, m + 1, INFINITY);
  before[0] = 0;
  for (int c = 0; c < n; ++c) {
    here[0] = INFINITY;
    uint8_t* column = moves.data() + static_cast<ptrdiff_t>(c) * m;
    for (int r = 0; r < m; ++r) {
      // A step in both directions or to the next row needs to be cheaper, not as cheap.
      const float both = before[r], row = here[r], same_row = before[r + 1];
      const Move move = both < row && both < same_row  ? kBoth
                        : row < both && row < same_row ? kRow
                                                       : kColumn;
      const float cost = move == kBoth ? both : move == kRow ? row : same_row;
      here[r + 1] = cost - gain.row(r)[c];
      column[r] = move;
    }
    std::swap(before, here);
  }

  std::fill(first_column.begin(), first_column.end(), 0);
  for (int r = m - 1, c = n - 1; r >= 0 && c >= 0;) {
    first_column[r] = c;
    const uint8_t move = moves[static_cast<size_t>(c) * m + r];
    r -= move != kColumn ? 1 : 0;
    c -= move != kRow ? 1 : 0;
  }
}

}  // namespace sotto
