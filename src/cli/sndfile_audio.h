// libsndfile over a ByteSource.
#pragma once

#include <memory>

#include "cli/audio_file.h"
#include "io/byte_reader.h"

namespace sotto {

// BadFormat, with libsndfile's reason, for what it does not understand.
Result<std::unique_ptr<AudioFile>> open_sndfile(std::unique_ptr<ByteSource> source);

}  // namespace sotto
