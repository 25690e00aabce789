// RIFF WAVE files: 8 (unsigned), 16, 24 and 32-bit PCM and 32-bit float, plain and
// WAVE_FORMAT_EXTENSIBLE, any channel count and rate, read in pieces and mixed to mono.
#pragma once

#include <cstdint>
#include <span>

#include "base/status.h"
#include "io/byte_reader.h"

namespace sotto {

struct WavInfo {
  int sample_rate_hz = 0;
  int channels = 0;
  int bits_per_sample = 0;
  bool is_float = false;
  // Sample frames in the data chunk. A data chunk that claims more than the file holds (as
  // streaming writers leave it: 0 or 0xFFFFFFFF) reaches to the end of the file.
  uint64_t frames = 0;
};

// Reads from a source that must outlive it.
class WavReader {
 public:
  // BadFormat, Truncated or Unsupported, naming the field, what was expected and what came.
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
};

}  // namespace sotto
