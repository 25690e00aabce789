#include "io/byte_reader.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace sotto {
namespace {

Status past_end(uint64_t offset, uint64_t wanted_bytes, uint64_t left_bytes) {
  return mismatch(Code::kTruncated, "at byte " + std::to_string(offset),
                  std::to_string(wanted_bytes) + " more bytes",
                  std::to_string(left_bytes) + " until the end");
}

}  // namespace

Status MemorySource::read_at(uint64_t offset, void* dst, size_t size) {
  const uint64_t left_bytes = offset < bytes_.size() ? bytes_.size() - offset : 0;
  if (size > left_bytes) return past_end(offset, size, left_bytes);
  if (size > 0) std::memcpy(dst, bytes_.data() + offset, size);
  return {};
}

// Makes the buffer hold the next `at_least` bytes (at most its capacity), or fails.
bool ByteReader::refill(size_t at_least) {
  if (!status_.ok()) return false;
  if (offset_ >= buffer_offset_ && offset_ - buffer_offset_ <= buffer_size_ &&
      buffer_size_ - (offset_ - buffer_offset_) >= at_least) {
    return true;
  }
  if (at_least > remaining_bytes()) {
    fail(past_end(offset_, at_least, remaining_bytes()));
    return false;
  }
  const auto size = static_cast<size_t>(std::min<uint64_t>(sizeof(buffer_), remaining_bytes()));
  buffer_size_ = 0;
  Status read = source_.read_at(offset_, buffer_, size);
  if (!read.ok()) {
    fail(std::move(read));
    return false;
  }
  buffer_offset_ = offset_;
  buffer_size_ = size;
  return true;
}

// The next `size` (at most 8) bytes as a little-endian number.
uint64_t ByteReader::little_endian(size_t size) {
  if (!refill(size)) return 0;
  const uint8_t* at = buffer_ + static_cast<size_t>(offset_ - buffer_offset_);
  uint64_t value = 0;
  for (size_t i = 0; i < size; ++i) value |= uint64_t{at[i]} << (8 * i);
  offset_ += size;
  return value;
}

uint8_t ByteReader::u8() { return static_cast<uint8_t>(little_endian(1)); }
uint16_t ByteReader::u16() { return static_cast<uint16_t>(little_endian(2)); }
uint32_t ByteReader::u32() { return static_cast<uint32_t>(little_endian(4)); }
uint64_t ByteReader::u64() { return little_endian(8); }
int32_t ByteReader::i32() { return static_cast<int32_t>(u32()); }
float ByteReader::f32() { return std::bit_cast<float>(u32()); }

void ByteReader::bytes(void* dst, size_t size) {
  if (size == 0) return;
  if (size <= sizeof(buffer_)) {
    if (refill(size)) {
      std::memcpy(dst, buffer_ + static_cast<size_t>(offset_ - buffer_offset_), size);
      offset_ += size;
      return;
    }
  } else if (status_.ok()) {
    if (size > remaining_bytes()) {
      fail(past_end(offset_, size, remaining_bytes()));
    } else {
      Status read = source_.read_at(offset_, dst, size);
      if (read.ok()) {
        offset_ += size;
        return;
      }
      fail(std::move(read));
    }
  }
  std::memset(dst, 0, size);
}

std::string ByteReader::string(size_t size, size_t max_size) {
  if (!status_.ok()) return {};
  if (size > max_size) {
    fail(mismatch(Code::kBadFormat, "length of the string at byte " + std::to_string(offset_),
                  "at most " + std::to_string(max_size), std::to_string(size)));
    return {};
  }
  if (size > remaining_bytes()) {
    fail(past_end(offset_, size, remaining_bytes()));
    return {};
  }
  std::string text(size, '\0');
  bytes(text.data(), size);
  if (!status_.ok()) text.clear();
  return text;
}

void ByteReader::skip(uint64_t size) {
  if (!status_.ok()) return;
  if (size > remaining_bytes()) {
    fail(past_end(offset_, size, remaining_bytes()));
  } else {
    offset_ += size;
  }
}

void ByteReader::fail(Status status) {
  if (status_.ok()) status_ = std::move(status);
}

}  // namespace sotto
