// How the rows of a matrix product are divided among register tiles.
#pragma once

namespace sotto {

// Calls tile.operator()<R>(m) for groups of R rows that cover [0, rows): as many of the first of
// kSizes as fit, then of the next; the last is 1. Each size is code of its own, and what is left
// over is little.
template <int... kSizes, class Tile>
void for_row_groups(int rows, Tile&& tile) {
  int m = 0;
  const auto take = [&]<int R>() {
    for (; m + R <= rows; m += R) tile.template operator()<R>(m);
  };
  (take.template operator()<kSizes>(), ...);
}

}  // namespace sotto
