// RIFF WAVE files: 8 (unsigned), 16, 24 and 32-bit PCM, 32 and 64-bit float, plain and
// WAVE_FORMAT_EXTENSIBLE, RF64 beyond 4 GB, any channel count and rate, read in pieces and mixed
// to mono.
//
//   0   "RIFF"  size u32  "WAVE"            size: all that follows it ("RF64": see the ds64 chunk)
//   12  chunks: id char[4], size u32, size bytes, one byte of padding where size is odd
//       "fmt "  tag u16, channels u16, rate u32, bytes a second u32, bytes a frame u16, bits u16
//               extensible: its size u16 (22), valid bits u16, speakers u32, sub-format GUID
//       "data"  the frames, channels interleaved
//       others  skipped
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/status.h"
#include "io/byte_reader.h"

namespace sotto {

struct WavInfo {
  int sample_rate_hz = 0;
  int channels = 0;
  int bits_per_sample = 0;  // as stored
  bool is_float = false;
  // Sample frames in the data chunk. Where a streaming writer never came back to fill in the size
  // (it left 0 or some 2 to 4 GB that are not there) the data reaches to the end of the file.
  uint64_t frames = 0;
};

// Reads from a source that must outlive it.
class WavReader {
 public:
  // BadFormat, Truncated or Unsupported, naming the field, what was expected and what came. Sizes
  // that contradict each other or the file are refused: half a recording would be transcribed as
  // if it were whole.
  static Result<WavReader> open(ByteSource& source);

  const WavInfo& info() const { return info_; }
  // Fills `out` with up to out.size() mono samples in [-1, 1] (the mean of the channels; float
  // files as they are) and returns how many; 0 at the end.
  Result<size_t> read(std::span<float> out);

 private:
  explicit WavReader(ByteSource& source) : source_(&source) {}

  ByteSource* source_;
  WavInfo info_;
  uint64_t data_offset_ = 0;
  uint64_t next_frame_ = 0;
  std::vector<uint8_t> block_;  // whole frames as stored, 64 KiB at most
};

}  // namespace sotto
