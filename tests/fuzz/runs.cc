#include "fuzz/runs.h"

#include <algorithm>
#include <cstring>

namespace sotto::fuzz {
namespace {

constexpr uint8_t kMark[4] = {0xE5, 'R', 'U', 'N'};
constexpr size_t kPattern_bytes = 4;
constexpr size_t kRun_bytes = sizeof(kMark) + 2 + kPattern_bytes;
constexpr size_t kMostRepeats = UINT16_MAX;

}  // namespace

std::vector<uint8_t> expand_runs(std::span<const uint8_t> input) {
  std::vector<uint8_t> file;
  for (size_t i = 0; i < input.size() && file.size() < kMostExpanded_bytes;) {
    const bool is_run =
        input.size() - i >= kRun_bytes && std::memcmp(input.data() + i, kMark, sizeof(kMark)) == 0;
    if (!is_run) {
      file.push_back(input[i++]);
      continue;
    }
    const size_t repeats = input[i + 4] | size_t{input[i + 5]} << 8;
    const auto pattern = input.subspan(i + 6, kPattern_bytes);
    const size_t room = (kMostExpanded_bytes - file.size()) / kPattern_bytes;
    for (size_t n = std::min(repeats, room); n > 0; --n) {
      file.insert(file.end(), pattern.begin(), pattern.end());
    }
    i += kRun_bytes;
  }
  return file;
}

std::vector<uint8_t> fold_runs(std::span<const uint8_t> file, std::span<const Range> ranges) {
  std::vector<uint8_t> input;
  const auto copy = [&](size_t begin, size_t end) {
    input.insert(input.end(), file.begin() + static_cast<ptrdiff_t>(begin),
                 file.begin() + static_cast<ptrdiff_t>(end));
  };
  size_t at = 0;
  for (const Range& range : ranges) {
    copy(at, range.offset);
    at = range.offset;
    const size_t pattern = at;
    for (size_t left = range.size / kPattern_bytes; left > 0;) {
      const size_t n = std::min(left, kMostRepeats);
      input.insert(input.end(), std::begin(kMark), std::end(kMark));
      input.push_back(static_cast<uint8_t>(n));
      input.push_back(static_cast<uint8_t>(n >> 8));
      copy(pattern, pattern + kPattern_bytes);
      left -= n;
      at += n * kPattern_bytes;
    }
    // What is left of a range that is no multiple of four is copied with what follows it.
  }
  copy(at, file.size());
  return input;
}

}  // namespace sotto::fuzz
