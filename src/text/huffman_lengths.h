// Lengths of Huffman codes, as zlib chooses them among the many that are equally good.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace sotto {

struct HuffmanSize {
  size_t bits = 0;  // of all symbols together
  int used = 0;     // symbols up to the last that has a code
};

// lengths[i] = bits of the code of symbol i, which occurs counts[i] times, 0 where it does not; at
// most 300 symbols. Two symbols have codes even where fewer occur. Codes are not limited in length,
// which deflate does at 15 bits (7 for lengths of codes): a text of a few thousand symbols comes
// near that only by design.
HuffmanSize huffman_lengths(std::span<const int> counts, std::span<uint8_t> lengths);

}  // namespace sotto
