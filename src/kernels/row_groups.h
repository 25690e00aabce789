// How the rows of a matrix product are divided among register tiles.
#pragma once

namespace sotto {

// Calls tile.operator()<R>(m) for groups of R rows that cover [0, rows): as many of kMost as fit,
// then of two and one. Each size is code of its own, and what is left over is little.
template <int kMost, class Tile>
void for_row_groups(int rows, Tile&& tile) {
  int m = 0;
  for (; m + kMost <= rows; m += kMost) tile.template operator()<kMost>(m);
  if constexpr (kMost > 2) {
    for (; m + 2 <= rows; m += 2) tile.template operator()<2>(m);
  }
  for (; m < rows; ++m) tile.template operator()<1>(m);
}

}  // namespace sotto
