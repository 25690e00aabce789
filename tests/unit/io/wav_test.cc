#include "io/wav.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "unit/io/wav_fixture.h"

namespace sotto {
namespace {

using namespace wav_test;

TEST_CASE("wav: every sample format at its extremes") {
  const Bytes pcm8{0, 64, 128, 255};
  CHECK(read_all(riff({chunk("fmt ", format(1, 1, 8000, 8)), chunk("data", pcm8)})) ==
        Floats{-1.0f, -0.5f, 0.0f, 127.0f / 128});

  CHECK(read_all(plain_file({-32768, -1, 0, 16384, 32767})) ==
        Floats{-1.0f, -1.0f / 32768, 0.0f, 0.5f, 32767.0f / 32768});

  Bytes pcm24;
  for (const int value : {-8388608, -1, 0, 4194304, 8388607}) put(pcm24, value & 0xffffff, 3);
  CHECK(read_all(riff({chunk("fmt ", format(1, 1, 16000, 24)), chunk("data", pcm24)})) ==
        Floats{-1.0f, -1.0f / 8388608, 0.0f, 0.5f, 8388607.0f / 8388608});

  Bytes pcm32;
  for (const uint32_t value : {0x80000000u, 0u, 0x40000000u, 0xc0000000u}) put(pcm32, value, 4);
  CHECK(read_all(riff({chunk("fmt ", format(1, 1, 16000, 32)), chunk("data", pcm32)})) ==
        Floats{-1.0f, 0.0f, 0.5f, -0.5f});

  const Floats floats{-1.5f, 0.0f, 0.25f, 3.0f};
  CHECK(read_all(riff({chunk("fmt ", format(3, 1, 16000, 32)),
                       chunk("data", float_bytes(floats))})) == floats);

  const std::vector<double> doubles{-0.75, 0.0, 0.125, 1e300};
  Bytes float64(doubles.size() * 8);
  std::memcpy(float64.data(), doubles.data(), float64.size());
  CHECK(read_all(riff({chunk("fmt ", format(3, 1, 16000, 64)), chunk("data", float64)})) ==
        Floats{-0.75f, 0.0f, 0.125f, std::numeric_limits<float>::infinity()});
}

TEST_CASE("wav: non-finite floats pass as they are") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  const Floats got = read_all(riff(
      {chunk("fmt ", format(3, 1, 16000, 32)), chunk("data", float_bytes({nan, -infinity, 1}))}));
  REQUIRE(got.size() == 3);
  CHECK(std::isnan(got[0]));
  CHECK(got[1] == -infinity);
  CHECK(got[2] == 1.0f);
}

TEST_CASE("wav: header fields are told") {
  WavInfo info;
  read_all(riff({chunk("fmt ", format(1, 2, 44100, 24)), chunk("data", Bytes(18))}), 10, &info);
  CHECK(info.sample_rate_hz == 44100);
  CHECK(info.channels == 2);
  CHECK(info.bits_per_sample == 24);
  CHECK_FALSE(info.is_float);
  CHECK(info.frames == 3);
  read_all(riff({chunk("fmt ", extensible(3, 6, 48000, 32, 32)), chunk("data", Bytes(48))}), 10,
           &info);
  CHECK(info.sample_rate_hz == 48000);
  CHECK(info.channels == 6);
  CHECK(info.is_float);
  CHECK(info.frames == 2);
}

TEST_CASE("wav: channels are averaged") {
  CHECK(read_all(plain_file({16384, 0, -16384, -16384, 32767, -32767}, 2)) ==
        Floats{0.25f, -0.5f, 0.0f});
  // As many channels as the frame size can name.
  const int channels = 65535;
  Bytes pcm8(channels * 2);
  for (int c = 0; c < channels; ++c) {
    pcm8[static_cast<size_t>(c)] = 192;
    pcm8[static_cast<size_t>(channels + c)] = 64;
  }
  CHECK(read_all(riff({chunk("fmt ", format(1, channels, 8000, 8)), chunk("data", pcm8)}), 3) ==
        Floats{0.5f, -0.5f});
}

TEST_CASE("wav: pieces of any size give the same samples") {
  std::vector<int> values(30'001);
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<int>(i * 7919 % 65536) - 32768;
  const Bytes file = plain_file(values);
  const Floats whole = read_all(file, values.size() + 10);
  REQUIRE(whole.size() == values.size());
  CHECK(whole[12'345] == static_cast<float>(values[12'345]) / 32768);
  for (const size_t piece : {1, 7, 8191, 8192, 8193, 20'000}) {
    CHECK_MESSAGE(read_all(file, piece) == whole, piece);
  }
}

TEST_CASE("wav: a read of nothing takes nothing") {
  const Bytes file = plain_file({1, 2});
  MemorySource source(file);
  Result<WavReader> reader = WavReader::open(source);
  REQUIRE(reader.ok());
  CHECK(reader->read({}).value() == 0);
  float out[4] = {};
  CHECK(reader->read(out).value() == 2);
  CHECK(reader->read(out).value() == 0);
}

// Promises more than it gives, and fails when asked for it.
class LossySource : public ByteSource {
 public:
  LossySource(const Bytes& bytes, size_t good_bytes) : memory_(bytes), good_bytes_(good_bytes) {}
  uint64_t size_bytes() const override { return memory_.size_bytes(); }
  Status read_at(uint64_t offset, void* dst, size_t size) override {
    if (offset + size > good_bytes_) return {Code::kIo, "gone"};
    return memory_.read_at(offset, dst, size);
  }

 private:
  MemorySource memory_;
  size_t good_bytes_;
};

TEST_CASE("wav: an error of the source while reading comes through") {
  const Bytes file = plain_file(std::vector<int>(20'000, 1));
  LossySource source(file, 30'000);
  Result<WavReader> reader = WavReader::open(source);
  REQUIRE(reader.ok());
  std::vector<float> out(20'000);
  CHECK(reader->read(out).status().code() == Code::kIo);
}

}  // namespace
}  // namespace sotto
