// Where bytes come from, and a reader that cannot leave them. Model files and WAVs are untrusted:
// every size that a file claims is held against what is there before anything is allocated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/status.h"

namespace sotto {

// Random access to a file, a Blob, an ArrayBuffer. Not owned by those who read from it.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual uint64_t size_bytes() const = 0;
  // Fills dst with the `size` bytes from `offset`, or fails (Truncated, Io); never partly.
  virtual Status read_at(uint64_t offset, void* dst, size_t size) = 0;
  // The range will not be read again: a source that holds bytes in memory may free them, so that
  // a model never exists twice while it loads.
  virtual void release(uint64_t offset, uint64_t size) {
    (void)offset;
    (void)size;
  }
};

// Bytes in memory, which must outlive the source.
class MemorySource : public ByteSource {
 public:
  explicit MemorySource(std::span<const uint8_t> bytes) : bytes_(bytes) {}
  uint64_t size_bytes() const override { return bytes_.size(); }
  Status read_at(uint64_t offset, void* dst, size_t size) override;

 private:
  std::span<const uint8_t> bytes_;
};

// Reads little-endian fields one after another through a small buffer. The first failure sticks:
// later reads give zeros and status() tells what went wrong, so that a parser checks once per
// group of fields and before it uses a size.
class ByteReader {
 public:
  explicit ByteReader(ByteSource& source, uint64_t offset = 0)
      : source_(source), size_bytes_(source.size_bytes()), offset_(offset) {}

  uint8_t u8();
  uint16_t u16();
  uint32_t u32();
  uint64_t u64();
  int32_t i32();
  float f32();
  // Exactly `size` bytes.
  void bytes(void* dst, size_t size);
  // A string of `size` bytes; BadFormat where size > max_size.
  std::string string(size_t size, size_t max_size);
  void skip(uint64_t size);

  uint64_t offset() const { return offset_; }
  uint64_t remaining_bytes() const { return offset_ < size_bytes_ ? size_bytes_ - offset_ : 0; }
  const Status& status() const { return status_; }
  // Records a failure found by the parser; the first one stays.
  void fail(Status status);

 private:
  bool refill(size_t at_least);
  uint64_t little_endian(size_t size);

  ByteSource& source_;
  uint64_t size_bytes_;
  uint64_t offset_;
  uint64_t buffer_offset_ = 0;
  size_t buffer_size_ = 0;
  uint8_t buffer_[4096];
  Status status_;
};

}  // namespace sotto
