// Dynamic time warping: the path along which the tokens of a text follow the audio.
// Source: openai-whisper, timing.py, dtw_cpu and backtrace.
#pragma once

#include <cstdint>
#include <span>

#include "base/tensor.h"

namespace sotto {

// Of the paths from the first cell of gain[m, n] to its last, each step of which goes one row on,
// one column on or both, takes the one with the largest sum, and writes for each row the first
// column it goes through: first_column[m], which never falls. `moves` has m * n elements and
// `costs` 2 * (m + 1), both for scratch. m and n are at least 1.
void warp_time(ConstMatrixF32 gain, std::span<uint8_t> moves, std::span<float> costs,
               std::span<int> first_column);

}  // namespace sotto
