// Builds WAV files for the tests of the reader and of its header.
#pragma once

#include <doctest/doctest.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "io/wav.h"

namespace sotto::wav_test {

using Bytes = std::vector<uint8_t>;
using Floats = std::vector<float>;

inline void put(Bytes& to, uint64_t value, int size) {
  for (int i = 0; i < size; ++i) to.push_back(static_cast<uint8_t>(value >> (8 * i)));
}

inline void put(Bytes& to, const std::string& text) {
  to.insert(to.end(), text.begin(), text.end());
}

inline void put(Bytes& to, const Bytes& bytes) { to.insert(to.end(), bytes.begin(), bytes.end()); }

inline Bytes chunk(const std::string& id, const Bytes& content) {
  Bytes out;
  put(out, id);
  put(out, content.size(), 4);
  put(out, content);
  if (content.size() % 2 == 1) out.push_back(0);
  return out;
}

inline Bytes riff(const std::vector<Bytes>& chunks) {
  Bytes body;
  put(body, "WAVE");
  for (const Bytes& one : chunks) put(body, one);
  Bytes out;
  put(out, "RIFF");
  put(out, body.size(), 4);
  put(out, body);
  return out;
}

inline Bytes format(int tag, int channels, int rate_hz, int bits) {
  Bytes out;
  put(out, tag, 2);
  put(out, channels, 2);
  put(out, rate_hz, 4);
  put(out, rate_hz * channels * (bits / 8), 4);
  put(out, channels * (bits / 8), 2);
  put(out, bits, 2);
  return out;
}

inline Bytes extensible(int sub_tag, int channels, int rate_hz, int bits, int valid_bits) {
  Bytes out = format(0xfffe, channels, rate_hz, bits);
  put(out, 22, 2);
  put(out, valid_bits, 2);
  put(out, 3, 4);
  put(out, sub_tag, 2);
  put(out,
      Bytes{0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80, 0x00, 0x00, 0xaa, 0x00, 0x38, 0x9b, 0x71});
  return out;
}

inline Bytes samples16(const std::vector<int>& values) {
  Bytes out;
  for (const int value : values) put(out, static_cast<uint16_t>(value), 2);
  return out;
}

inline Bytes float_bytes(const std::vector<float>& values) {
  Bytes out(values.size() * 4);
  std::memcpy(out.data(), values.data(), out.size());
  return out;
}

// A plain 16-bit file with a header of 44 bytes.
inline Bytes plain_file(const std::vector<int>& values, int channels = 1) {
  return riff({chunk("fmt ", format(1, channels, 16000, 16)), chunk("data", samples16(values))});
}

inline Status open_status(const Bytes& file) {
  MemorySource source(file);
  const Result<WavReader> reader = WavReader::open(source);
  return reader.ok() ? Status() : reader.status();
}

// All samples, read in pieces of `piece`; `info` may be nullptr.
inline std::vector<float> read_all(const Bytes& file, size_t piece, WavInfo* info = nullptr) {
  MemorySource source(file);
  Result<WavReader> reader = WavReader::open(source);
  REQUIRE_MESSAGE(reader.ok(), reader.status().message());
  if (info != nullptr) *info = reader->info();
  std::vector<float> all;
  std::vector<float> buffer(piece);
  while (true) {
    const Result<size_t> count = reader->read(buffer);
    REQUIRE(count.ok());
    if (count.value() == 0) break;
    REQUIRE(count.value() <= piece);
    all.insert(all.end(), buffer.begin(), buffer.begin() + static_cast<ptrdiff_t>(count.value()));
  }
  CHECK(all.size() == reader->info().frames);
  return all;
}

inline std::vector<float> read_all(const Bytes& file) { return read_all(file, 1000); }

}  // namespace sotto::wav_test
