// Sound files as mono samples, read in pieces: WAV by our own reader, which is the one that the
// browser uses, everything else (FLAC, Ogg, MP3, AIFF, ...) by libsndfile.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "base/status.h"

namespace sotto {

class AudioFile {
 public:
  virtual ~AudioFile() = default;
  // Opens a file, or standard input for "-", which is read to its end first. Io, BadFormat,
  // Truncated or Unsupported.
  static Result<std::unique_ptr<AudioFile>> open(const std::string& path);

  virtual int sample_rate_hz() const = 0;
  // Seconds in all; 0 where the file does not tell.
  virtual double duration_s() const = 0;
  // Fills `out` with up to out.size() samples, the mean of the channels, and returns how many; 0
  // at the end.
  virtual Result<size_t> read(std::span<float> out) = 0;
};

}  // namespace sotto
