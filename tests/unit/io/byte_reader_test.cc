#include "io/byte_reader.h"

#include <doctest/doctest.h>

#include <numeric>
#include <vector>

namespace sotto {
namespace {

std::vector<uint8_t> counting_bytes(size_t size) {
  std::vector<uint8_t> bytes(size);
  std::iota(bytes.begin(), bytes.end(), uint8_t{0});
  return bytes;
}

// Refuses everything from `broken_offset` on.
class BrokenSource : public ByteSource {
 public:
  BrokenSource(std::span<const uint8_t> bytes, uint64_t broken_offset)
      : memory_(bytes), broken_offset_(broken_offset) {}
  uint64_t size_bytes() const override { return memory_.size_bytes(); }
  Status read_at(uint64_t offset, void* dst, size_t size) override {
    ++reads;
    if (offset + size > broken_offset_) return {Code::kIo, "the disk is gone"};
    return memory_.read_at(offset, dst, size);
  }
  int reads = 0;

 private:
  MemorySource memory_;
  uint64_t broken_offset_;
};

TEST_CASE("memory_source: reads inside, refuses outside with what was there") {
  const auto data = counting_bytes(10);
  MemorySource source(data);
  uint8_t got[10] = {};
  CHECK(source.read_at(3, got, 7).ok());
  CHECK(got[0] == 3);
  CHECK(got[6] == 9);
  CHECK(source.read_at(10, got, 0).ok());

  const Status beyond = source.read_at(4, got, 7);
  CHECK(beyond.code() == Code::kTruncated);
  CHECK(beyond.message() == "at byte 4: expected 7 more bytes, got 6 until the end");
  // An offset whose sum with the size would wrap.
  CHECK(source.read_at(UINT64_MAX - 2, got, 4).code() == Code::kTruncated);
  CHECK(source.read_at(0, got, SIZE_MAX).code() == Code::kTruncated);
}

TEST_CASE("byte_reader: little-endian fields in order") {
  const uint8_t data[] = {0x01,                                            // u8
                          0x34, 0x12,                                      // u16
                          0x78, 0x56, 0x34, 0x92,                          // u32
                          0xef, 0xcd, 0xab, 0x89, 0x67, 0x45, 0x23, 0x81,  // u64
                          0xfe, 0xff, 0xff, 0xff,                          // i32
                          0x00, 0x00, 0xc0, 0x3f,                          // f32
                          'h',  'i',  7,    8};
  MemorySource source(data);
  ByteReader reader(source);
  CHECK(reader.u8() == 1);
  CHECK(reader.u16() == 0x1234);
  CHECK(reader.u32() == 0x92345678u);
  CHECK(reader.u64() == 0x8123456789abcdefu);
  CHECK(reader.i32() == -2);
  CHECK(reader.f32() == 1.5f);
  CHECK(reader.string(2, 2) == "hi");
  CHECK(reader.remaining_bytes() == 2);
  reader.skip(1);
  uint8_t last = 0;
  reader.bytes(&last, 1);
  CHECK(last == 8);
  CHECK(reader.offset() == sizeof(data));
  CHECK(reader.remaining_bytes() == 0);
  reader.bytes(&last, 0);
  reader.skip(0);
  CHECK(reader.string(0, 0).empty());
  CHECK(reader.status().ok());
}

TEST_CASE("byte_reader: the first failure sticks and later reads give zeros") {
  const auto data = counting_bytes(6);
  MemorySource source(data);
  ByteReader reader(source, 3);
  CHECK(reader.u32() == 0);
  CHECK(reader.status().code() == Code::kTruncated);
  CHECK(reader.status().message() == "at byte 3: expected 4 more bytes, got 3 until the end");
  CHECK(reader.u8() == 0);
  CHECK(reader.offset() == 3);
  uint8_t got[2] = {9, 9};
  reader.bytes(got, 2);
  CHECK(got[0] == 0);
  CHECK(got[1] == 0);
  CHECK(reader.string(1, 1).empty());
  reader.skip(1);
  CHECK(reader.offset() == 3);
  reader.fail({Code::kBadFormat, "later"});
  CHECK(reader.status().code() == Code::kTruncated);
}

TEST_CASE("byte_reader: sizes that lie are refused before memory is taken") {
  const auto data = counting_bytes(16);
  MemorySource source(data);
  {
    ByteReader reader(source);
    CHECK(reader.string(SIZE_MAX / 2, SIZE_MAX).empty());
    CHECK(reader.status().code() == Code::kTruncated);
  }
  {
    ByteReader reader(source);
    CHECK(reader.string(5, 4).empty());
    CHECK(reader.status().code() == Code::kBadFormat);
    CHECK(reader.status().message() == "length of the string at byte 0: expected at most 4, got 5");
  }
  {
    ByteReader reader(source);
    reader.u8();
    reader.skip(UINT64_MAX);
    CHECK(reader.status().code() == Code::kTruncated);
    CHECK(reader.offset() == 1);
  }
  {
    ByteReader reader(source, 17);
    CHECK(reader.remaining_bytes() == 0);
    reader.u8();
    CHECK(reader.status().code() == Code::kTruncated);
  }
  {
    ByteReader reader(source, UINT64_MAX);
    reader.u64();
    CHECK(reader.status().code() == Code::kTruncated);
  }
}

TEST_CASE("byte_reader: any mix of field sizes crosses the buffer's edges unharmed") {
  const auto data = counting_bytes(20'000);
  MemorySource source(data);
  // Sizes around the buffer's 4096 and steps that put its edge inside a field.
  for (const size_t step : {1, 3, 7, 4095, 4096, 4097, 9000}) {
    ByteReader reader(source);
    std::vector<uint8_t> all;
    std::vector<uint8_t> piece(step);
    while (reader.remaining_bytes() >= step + 4) {
      reader.bytes(piece.data(), step);
      all.insert(all.end(), piece.begin(), piece.end());
      const uint32_t word = reader.u32();
      for (int i = 0; i < 4; ++i) all.push_back(static_cast<uint8_t>(word >> (8 * i)));
    }
    while (reader.remaining_bytes() > 0) all.push_back(reader.u8());
    CHECK(reader.status().ok());
    CHECK(all == data);
  }
}

TEST_CASE("byte_reader: fields are read through the buffer, not one by one") {
  const auto data = counting_bytes(8192);
  BrokenSource source(data, data.size());
  ByteReader reader(source);
  for (int i = 0; i < 2048; ++i) reader.u32();
  CHECK(reader.status().ok());
  CHECK(source.reads == 2);
}

TEST_CASE("byte_reader: an error of the source comes through by name") {
  const auto data = counting_bytes(10'000);
  BrokenSource source(data, 5000);
  ByteReader reader(source);
  reader.skip(4096);
  CHECK(reader.u8() == 0);
  CHECK(reader.status().code() == Code::kIo);
  CHECK(reader.status().message() == "the disk is gone");
  std::vector<uint8_t> large(5000, 1);
  BrokenSource other(data, 4999);
  ByteReader direct(other);
  direct.bytes(large.data(), large.size());
  CHECK(direct.status().code() == Code::kIo);
  CHECK(large == std::vector<uint8_t>(5000, 0));
}

}  // namespace
}  // namespace sotto
