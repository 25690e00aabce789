// Model files as fuzzers mutate them: what fills a tensor is written as a run, so that a file of a
// hundred kilobytes has three, nearly all of them its structure, and a change of a byte changes it.
//
//   run:  0xE5 'R' 'U' 'N' | u16 n, little endian | u8 pattern[4] |    the pattern n times
//
// Everything else stands for itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace sotto::fuzz {

// The largest file that an input may stand for: Silero's weights in f16 have 0.65 MB.
inline constexpr size_t kMostExpanded_bytes = 2 << 20;

// The file that the input stands for, cut off at kMostExpanded_bytes.
std::vector<uint8_t> expand_runs(std::span<const uint8_t> input);

struct Range {
  size_t offset = 0;
  size_t size = 0;
};

// The file with what is in each range, which follow one another without overlap, written as runs of
// its first four bytes. So the file that comes back has other numbers, and all else alike.
std::vector<uint8_t> fold_runs(std::span<const uint8_t> file, std::span<const Range> ranges);

}  // namespace sotto::fuzz
