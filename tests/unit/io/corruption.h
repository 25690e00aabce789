// Damaged model files: what must hold whatever was done to their bytes.
#pragma once

#include <doctest/doctest.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "io/model_file.h"
#include "unit/io/consistency.h"

namespace sotto::test {

// A source that remembers the largest piece it was asked for, which bounds what was allocated.
class WatchedSource : public ByteSource {
 public:
  explicit WatchedSource(std::span<const uint8_t> bytes) : source_(bytes) {}
  uint64_t size_bytes() const override { return source_.size_bytes(); }
  Status read_at(uint64_t offset, void* dst, size_t size) override {
    largest_read = size > largest_read ? size : largest_read;
    return source_.read_at(offset, dst, size);
  }
  size_t largest_read = 0;

 private:
  MemorySource source_;
};

// Positions of the bytes that are no tensor's data: the header, wherever it stands.
inline std::vector<size_t> header_positions(const std::vector<uint8_t>& bytes) {
  MemorySource source(bytes);
  const Result<ModelFile> model = open_model(source);
  REQUIRE_MESSAGE(model.ok(), model.status().message());
  std::vector<bool> is_data(bytes.size(), false);
  for (const TensorEntry& entry : model.value().tensors) {
    const auto mark = [&](uint64_t offset, uint64_t size) {
      for (uint64_t i = 0; i < size; ++i) is_data[static_cast<size_t>(offset + i)] = true;
    };
    mark(entry.offset_bytes, entry.size_bytes);
    mark(entry.scale_offset_bytes, uint64_t{entry.scale_count} * sizeof(float));
  }
  std::vector<size_t> positions;
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (!is_data[i]) positions.push_back(i);
  }
  return positions;
}

struct FlipCounts {
  int refused = 0;
  int accepted = 0;      // with a consistent table
  int inconsistent = 0;  // never
};

// Opens the file with one bit flipped, for `bits` bits of each of the bytes at `positions`: all of
// them, or fewer, which are others from byte to byte.
inline FlipCounts flip_bits(std::vector<uint8_t> bytes, const std::vector<size_t>& positions,
                            int bits = 8) {
  FlipCounts counts;
  for (const size_t position : positions) {
    for (int i = 0; i < bits; ++i) {
      const auto mask = static_cast<uint8_t>(1 << (position + static_cast<size_t>(i)) % 8);
      bytes[position] ^= mask;
      WatchedSource source(bytes);
      const Result<ModelFile> model = open_model(source);
      if (!model.ok()) {
        ++counts.refused;
        if (model.status().message().empty()) ++counts.inconsistent;
      } else if (consistent(model.value(), bytes.size())) {
        ++counts.accepted;
      } else {
        ++counts.inconsistent;
      }
      if (source.largest_read > 64 * 1024) ++counts.inconsistent;
      bytes[position] ^= mask;
    }
  }
  return counts;
}

// Opens the file cut off at each of these lengths; returns how many were accepted.
inline int accepted_when_cut(const std::vector<uint8_t>& bytes, const std::vector<size_t>& sizes) {
  int accepted = 0;
  for (const size_t size : sizes) {
    if (size >= bytes.size()) continue;
    MemorySource source{std::span(bytes).first(size)};
    const Result<ModelFile> model = open_model(source);
    if (model.ok()) {
      ++accepted;
      CHECK(consistent(model.value(), size));
    }
  }
  return accepted;
}

}  // namespace sotto::test
