#include "io/wav.h"

#include <algorithm>
#include <bit>

#include "io/wav_header.h"

namespace sotto {
namespace {

// Samples are read from the source in pieces of about this size.
constexpr size_t kBlock_bytes = 16 * 1024;

uint64_t little_endian(const uint8_t* at, int count) {
  uint64_t value = 0;
  for (int i = 0; i < count; ++i) value |= uint64_t{at[i]} << (8 * i);
  return value;
}

// One sample each; full scale is the magnitude of the most negative number.
float pcm8(const uint8_t* at) { return static_cast<float>(*at - 128) / 128.0f; }
float pcm16(const uint8_t* at) {
  return static_cast<float>(static_cast<int16_t>(little_endian(at, 2))) / 32768.0f;
}
float pcm24(const uint8_t* at) {
  const auto high = static_cast<int32_t>(static_cast<uint32_t>(little_endian(at, 3)) << 8);
  return static_cast<float>(high) / 2147483648.0f;
}
float pcm32(const uint8_t* at) {
  return static_cast<float>(static_cast<int32_t>(little_endian(at, 4))) / 2147483648.0f;
}
float float32(const uint8_t* at) {
  return std::bit_cast<float>(static_cast<uint32_t>(little_endian(at, 4)));
}
float float64(const uint8_t* at) {
  return static_cast<float>(std::bit_cast<double>(little_endian(at, 8)));
}

// out[f] = mean over the channels of frame f.
template <float (*decode)(const uint8_t*), int bytes>
void mix(const uint8_t* in, int channels, std::span<float> out) {
  for (float& sample : out) {
    float sum = 0;
    for (int c = 0; c < channels; ++c, in += bytes) sum += decode(in);
    sample = sum / static_cast<float>(channels);
  }
}

void mix_any(const WavInfo& info, const uint8_t* in, std::span<float> out) {
  if (info.is_float) {
    if (info.bits_per_sample == 32) return mix<float32, 4>(in, info.channels, out);
    return mix<float64, 8>(in, info.channels, out);
  }
  switch (info.bits_per_sample) {
    case 8: return mix<pcm8, 1>(in, info.channels, out);
    case 16: return mix<pcm16, 2>(in, info.channels, out);
    case 24: return mix<pcm24, 3>(in, info.channels, out);
    default: return mix<pcm32, 4>(in, info.channels, out);
  }
}

}  // namespace

Result<WavReader> WavReader::open(ByteSource& source) {
  SOTTO_ASSIGN(const WavHeader header, parse_wav_header(source));
  WavReader reader(source);
  reader.info_ = header.info;
  reader.data_offset_ = header.data_offset;
  return reader;
}

Result<size_t> WavReader::read(std::span<float> out) {
  // The header's check keeps a frame within 65,535 bytes.
  const size_t frame_bytes = static_cast<size_t>(info_.channels) * (info_.bits_per_sample / 8);
  const size_t block_frames = std::max<size_t>(kBlock_bytes / frame_bytes, 1);
  block_.resize(block_frames * frame_bytes);
  size_t done = 0;
  while (done < out.size() && next_frame_ < info_.frames) {
    const size_t wanted = std::min(out.size() - done, block_frames);
    const auto count = static_cast<size_t>(std::min<uint64_t>(wanted, info_.frames - next_frame_));
    const uint64_t offset = data_offset_ + next_frame_ * frame_bytes;
    SOTTO_TRY(source_->read_at(offset, block_.data(), count * frame_bytes));
    mix_any(info_, block_.data(), out.subspan(done, count));
    next_frame_ += count;
    done += count;
  }
  return done;
}

}  // namespace sotto
