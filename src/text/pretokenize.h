// GPT-2's splitting pattern: text is cut into pieces, and byte pairs merge only inside a piece.
#pragma once

#include <cstddef>
#include <string_view>

namespace sotto {

// Bytes of the first piece of a text that is not empty; at least 1. The pattern is
//   '(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
// A byte that is not part of valid UTF-8 is a piece of its own, and the text before it is cut as
// if it ended there.
size_t first_piece_bytes(std::string_view text);

}  // namespace sotto
