// Reads the header of a .sotto container (sotto_format.h).
#pragma once

#include "io/model_file.h"

namespace sotto {

bool is_sotto(const uint8_t start[8]);

// Unsupported for other versions and types, Truncated, ChecksumMismatch for any other header than
// the one that was written, BadFormat for one that was written wrong.
Result<ModelFile> read_sotto(ByteSource& source);

}  // namespace sotto
