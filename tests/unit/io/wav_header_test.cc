#include "io/wav_header.h"

#include <doctest/doctest.h>

#include <cstring>
#include <string>
#include <vector>

#include "unit/io/wav_fixture.h"

namespace sotto {
namespace {

using namespace wav_test;

TEST_CASE("wav_header: chunks in any order, unknown ones skipped, odd ones padded or not") {
  const Bytes fmt = chunk("fmt ", format(1, 1, 16000, 16));
  const Bytes data = chunk("data", samples16({100, 200}));
  const Floats expected{100.0f / 32768, 200.0f / 32768};
  const Bytes list = chunk("LIST", {'I', 'N', 'F', 'O', 1, 2, 3});
  CHECK(read_all(riff({list, fmt, chunk("fact", Bytes(4)), list, data, list})) == expected);
  CHECK(read_all(riff({data, fmt})) == expected);
  CHECK(read_all(riff({chunk("JUNK", {}), data, list, fmt, list})) == expected);

  Bytes unpadded = list;
  unpadded.pop_back();
  CHECK(read_all(riff({unpadded, fmt, unpadded, data, unpadded})) == expected);
  // A 'fmt ' chunk may be longer than what is known of it.
  Bytes long_format = format(1, 1, 16000, 16);
  put(long_format, 0, 2);
  CHECK(read_all(riff({chunk("fmt ", long_format), data})) == expected);

  const Bytes fmt8 = chunk("fmt ", format(1, 1, 16000, 8));
  const Bytes odd = chunk("data", {128, 192, 64});
  CHECK(read_all(riff({fmt8, odd, list})) == Floats{0.0f, 0.5f, -0.5f});
}

TEST_CASE("wav_header: extensible formats by their sub-format") {
  CHECK(read_all(riff({chunk("fmt ", extensible(1, 1, 16000, 16, 16)),
                       chunk("data", samples16({-32768, 16384}))})) == Floats{-1.0f, 0.5f});
  // 20 valid bits stand left-justified in 24.
  Bytes pcm24;
  put(pcm24, 0x400000, 3);
  put(pcm24, 0xfffff0, 3);
  CHECK(read_all(riff({chunk("fmt ", extensible(1, 1, 16000, 24, 20)), chunk("data", pcm24)})) ==
        Floats{0.5f, -16.0f / 8388608});
  CHECK(read_all(riff({chunk("fmt ", extensible(3, 2, 16000, 32, 32)),
                       chunk("data", float_bytes({0.5f, 0.25f}))})) == Floats{0.375f});

  Bytes strange = extensible(1, 1, 16000, 16, 16);
  strange[30] ^= 1;
  const Status status = open_status(riff({chunk("fmt ", strange), chunk("data", Bytes(2))}));
  CHECK(status.code() == Code::kUnsupported);
  CHECK(status.message().find("sub-format GUID: expected bytes 00 00") != std::string::npos);
}

// A file whose sizes in the RIFF header and in the data chunk are as given.
Bytes with_sizes(uint32_t riff_bytes, uint32_t data_bytes) {
  Bytes file = plain_file({1, 2, 3, 4});
  for (int i = 0; i < 4; ++i) {
    file[static_cast<size_t>(4 + i)] = static_cast<uint8_t>(riff_bytes >> (8 * i));
    file[static_cast<size_t>(40 + i)] = static_cast<uint8_t>(data_bytes >> (8 * i));
  }
  return file;
}

TEST_CASE("wav_header: what streaming writers leave reaches to the end of the file") {
  const Floats expected = read_all(plain_file({1, 2, 3, 4}));
  CHECK(read_all(with_sizes(0xffffffff, 0xffffffff)) == expected);
  CHECK(read_all(with_sizes(0, 0)) == expected);
  CHECK(read_all(with_sizes(36, 0)) == expected);
  CHECK(read_all(with_sizes(0x80000024, 0x80000000)) == expected);
  CHECK(read_all(with_sizes(0x7ffff024, 0x7ffff000)) == expected);
  CHECK(read_all(with_sizes(0, 8)) == expected);
  // Half a frame at the end was still being written.
  Bytes cut = with_sizes(0xffffffff, 0xffffffff);
  cut.pop_back();
  CHECK(read_all(cut).size() == 3);
}

TEST_CASE("wav_header: no samples is no error") {
  CHECK(read_all(plain_file({})).empty());
  CHECK(read_all(riff({chunk("fmt ", format(1, 1, 16000, 16)), chunk("data", {}),
                       chunk("LIST", Bytes(10))}))
            .empty());
}

Bytes rf64(uint64_t riff_bytes, uint64_t data_bytes) {
  Bytes sizes;
  put(sizes, riff_bytes, 8);
  put(sizes, data_bytes, 8);
  put(sizes, 2, 8);
  put(sizes, 0, 4);
  Bytes file = riff({chunk("ds64", sizes), chunk("fmt ", format(1, 1, 16000, 16)),
                     chunk("data", samples16({100, 200}))});
  file[1] = 'F';
  file[2] = '6';
  file[3] = '4';
  for (size_t i = 0; i < 4; ++i) file[4 + i] = file[file.size() - 8 + i] = 0xff;
  return file;
}

TEST_CASE("wav_header: RF64 takes its sizes from the ds64 chunk") {
  const uint64_t riff_bytes = rf64(0, 0).size() - 8;
  CHECK(read_all(rf64(riff_bytes, 4)) == Floats{100.0f / 32768, 200.0f / 32768});
  CHECK(open_status(rf64(riff_bytes, uint64_t{1} << 40)).code() == Code::kTruncated);
  CHECK(open_status(rf64(riff_bytes, UINT64_MAX - 9)).code() == Code::kTruncated);
  CHECK(open_status(rf64(uint64_t{1} << 40, 4)).code() == Code::kTruncated);
  CHECK(open_status(rf64(UINT64_MAX - 1, 4)).code() == Code::kTruncated);
  Bytes lost = rf64(riff_bytes, 4);
  lost[12] = 'x';
  CHECK(open_status(lost).message() == "RF64: expected a 'ds64' chunk, got 'xs64'");
}

struct Lie {
  std::string what;
  Bytes file;
  Code code;
  std::string message;
};

TEST_CASE("wav_header: every field that lies is named, with what was expected and what came") {
  const Bytes data = chunk("data", samples16({1, 2, 3, 4}));
  const auto with_format = [&](Bytes format, size_t at, uint8_t value) {
    format[at] = value;
    return riff({chunk("fmt ", format), data});
  };
  const Bytes pcm = format(1, 1, 16000, 16);
  const Bytes wide = extensible(1, 1, 16000, 16, 16);
  Bytes rifx = plain_file({1});
  rifx[3] = 'X';
  Bytes ogg = plain_file({1});
  std::memcpy(ogg.data(), "OggS", 4);
  Bytes binary = plain_file({1});
  binary[0] = 0;
  Bytes avi = plain_file({1});
  std::memcpy(avi.data() + 8, "AVI ", 4);
  Bytes small = plain_file({1, 2, 3, 4, 5});
  small[40] = 2;
  const Lie lies[] = {
      {"magic", ogg, Code::kBadFormat, "WAV magic: expected 'RIFF', got 'OggS'"},
      {"binary", binary, Code::kBadFormat, "WAV magic: expected 'RIFF', got bytes 00 49 46 46"},
      {"order", rifx, Code::kUnsupported,
       "WAV byte order: expected little-endian 'RIFF', got big-endian 'RIFX'"},
      {"form", avi, Code::kBadFormat, "RIFF form: expected 'WAVE', got 'AVI '"},
      {"RIFF size", with_sizes(1000, 8), Code::kTruncated,
       "RIFF size: expected 1000 bytes, got 44"},
      {"no format", riff({data}), Code::kBadFormat,
       "WAV: expected a 'fmt ' chunk, got the end of the file"},
      {"no data", riff({chunk("fmt ", pcm)}), Code::kBadFormat,
       "WAV: expected a 'data' chunk, got the end of the file"},
      {"two formats", riff({chunk("fmt ", pcm), chunk("fmt ", pcm), data}), Code::kBadFormat,
       "WAV: expected one 'fmt ' chunk, got a second one"},
      {"short format", riff({chunk("fmt ", Bytes(14)), data}), Code::kBadFormat,
       "size of the 'fmt ' chunk: expected at least 16, got 14"},
      {"tag", with_format(pcm, 0, 2), Code::kUnsupported,
       "format tag: expected 1 (PCM) or 3 (float), got 2"},
      {"float of 16", with_format(pcm, 0, 3), Code::kUnsupported,
       "bits per float sample: expected 32 or 64, got 16"},
      {"bits", with_format(pcm, 14, 12), Code::kUnsupported,
       "bits per PCM sample: expected 8, 16, 24 or 32, got 12"},
      {"no bits", with_format(pcm, 14, 0), Code::kUnsupported,
       "bits per PCM sample: expected 8, 16, 24 or 32, got 0"},
      {"no channels", with_format(pcm, 2, 0), Code::kBadFormat,
       "channels: expected at least 1, got 0"},
      {"channels", with_format(pcm, 2, 2), Code::kBadFormat, "bytes a frame: expected 4, got 2"},
      {"no rate", riff({chunk("fmt ", format(1, 1, 0, 16)), data}), Code::kBadFormat,
       "sample rate: expected 1 to 2147483647, got 0"},
      {"rate", with_format(pcm, 4, 0x81), Code::kBadFormat,
       "bytes a second: expected 32002, got 32000"},
      {"frame", with_format(pcm, 12, 4), Code::kBadFormat, "bytes a frame: expected 2, got 4"},
      {"data beyond the end", with_sizes(44, 10), Code::kTruncated,
       "size of the 'data' chunk: expected 10 bytes, got 8"},
      {"data of a frame and a half", riff({chunk("fmt ", pcm), chunk("data", Bytes(3))}),
       Code::kBadFormat, "size of the 'data' chunk: expected a multiple of 2 bytes a frame, got 3"},
      {"data too small", small, Code::kBadFormat,
       "chunk id at byte 46: expected four printable characters, got bytes 02 00 03 00"},
      {"chunk beyond the end",
       riff({chunk("fmt ", pcm), data, {'L', 'I', 'S', 'T', 9, 0, 0, 0, 1, 2}}), Code::kTruncated,
       "size of the 'LIST' chunk: expected 9 bytes, got 2"},
      {"short extension", riff({chunk("fmt ", format(0xfffe, 1, 16000, 16)), data}),
       Code::kBadFormat, "size of the extensible 'fmt ' chunk: expected at least 40, got 16"},
      {"extension's size", with_format(wide, 16, 23), Code::kBadFormat,
       "size of the format extension: expected 22 to 22, got 23"},
      {"valid bits", with_format(wide, 18, 17), Code::kBadFormat,
       "valid bits: expected at most 16, got 17"},
  };
  for (const Lie& lie : lies) {
    CAPTURE(lie.what);
    const Status status = open_status(lie.file);
    CHECK(status.code() == lie.code);
    CHECK(status.message() == lie.message);
  }
  Bytes outside = riff({chunk("fmt ", pcm), chunk("data", Bytes(200))});
  outside[4] = 40;
  CHECK(open_status(outside).message() == "RIFF size: expected at least 236, got 40");
}

// Opens and reads to the end; says whether that went well. What comes is bounded by the file.
bool survives(const Bytes& file) {
  MemorySource source(file);
  Result<WavReader> reader = WavReader::open(source);
  if (!reader.ok()) {
    CHECK(reader.status().message().size() > 10);
    CHECK(reader.status().code() != Code::kOk);
    return false;
  }
  std::vector<float> buffer(64);
  uint64_t frames = 0;
  while (true) {
    const Result<size_t> count = reader->read(buffer);
    REQUIRE(count.ok());
    if (count.value() == 0) break;
    frames += count.value();
  }
  CHECK(frames == reader->info().frames);
  CHECK(frames <= file.size());
  return true;
}

TEST_CASE("wav_header: each flipped bit of a plain header is found, but where sizes bear it") {
  std::vector<int> values(300);
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<int>(i) - 150;
  const Bytes file = plain_file(values);
  REQUIRE(survives(file));
  int accepted = 0;
  for (size_t bit = 0; bit < 44 * 8; ++bit) {
    Bytes flipped = file;
    flipped[bit / 8] ^= static_cast<uint8_t>(1 << (bit % 8));
    if (!survives(flipped)) continue;
    ++accepted;
    // The RIFF size within its slack, and the marks of streaming writers: all samples are there.
    CAPTURE(bit);
    const size_t byte = bit / 8;
    CHECK(((byte >= 4 && byte < 8) || bit == 43 * 8 + 7));
    CHECK(read_all(flipped).size() == values.size());
  }
  CHECK(accepted <= 8);
}

TEST_CASE("wav_header: each flipped bit of an extensible header is survived") {
  const Bytes file = riff({chunk("fmt ", extensible(1, 2, 44100, 16, 16)),
                           chunk("data", samples16(std::vector<int>(200, -3)))});
  REQUIRE(survives(file));
  int refused = 0;
  for (size_t bit = 0; bit < 68 * 8; ++bit) {
    Bytes flipped = file;
    flipped[bit / 8] ^= static_cast<uint8_t>(1 << (bit % 8));
    if (!survives(flipped)) {
      ++refused;
      continue;
    }
    // Besides the sizes: fewer valid bits, and which speakers the channels belong to.
    CAPTURE(bit);
    const size_t byte = bit / 8;
    CHECK(
        ((byte >= 4 && byte < 8) || byte == 38 || (byte >= 40 && byte < 44) || bit == 67 * 8 + 7));
    CHECK(read_all(flipped).size() == 100);
  }
  CHECK(refused >= 68 * 8 - 8 - 1 - 32 - 1);
}

TEST_CASE("wav_header: a file cut anywhere is refused") {
  const Bytes plain = plain_file({1, 2, 3, 4, 5, 6, 7, 8});
  const Bytes wide = riff({chunk("LIST", Bytes(5)), chunk("fmt ", extensible(3, 1, 16000, 32, 32)),
                           chunk("data", float_bytes({1, 2, 3}))});
  for (const Bytes& file : {plain, wide, rf64(rf64(0, 0).size() - 8, 4)}) {
    REQUIRE(survives(file));
    for (size_t size = 0; size < file.size(); ++size) {
      CAPTURE(size);
      const Status status = open_status(Bytes(file.begin(), file.begin() + ptrdiff_t(size)));
      CHECK(status.code() == Code::kTruncated);
      CHECK(status.message().find("expected") != std::string::npos);
    }
  }
}

}  // namespace
}  // namespace sotto
