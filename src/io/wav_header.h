// The header of a WAV file: what the samples are and where they stand.
#pragma once

#include <cstdint>

#include "base/status.h"
#include "io/byte_reader.h"
#include "io/wav.h"

namespace sotto {

struct WavHeader {
  WavInfo info;
  uint64_t data_offset = 0;
};

// Walks all chunks; errors as WavReader::open.
Result<WavHeader> parse_wav_header(ByteSource& source);

}  // namespace sotto
