// How far text can be compressed, which tells text that repeats itself from text that does not.
#pragma once

#include <cstddef>
#include <string_view>

namespace sotto {

// Bytes that zlib at its default level (6) makes of `text`: its matches (lazy, chains of up to 128)
// and its codes are worked out without writing them, in one block, which zlib makes of up to 16383
// symbols. Whisper's thresholds are figures of zlib, and this is a tenth of its code.
size_t deflated_size(std::string_view text);

// Bytes of `text` to its deflated bytes (openai-whisper, utils.py, compression_ratio); 0 for none.
float compression_ratio(std::string_view text);

}  // namespace sotto
