// From the tokens of a window to its segments, and to where the next window begins.
// Source: openai-whisper, transcribe.py.
#pragma once

#include <span>
#include <vector>

#include "text/special_tokens.h"

namespace sotto {

// Tokens [first, end) of the window make one segment, from start_s to end_s after the beginning
// of the window.
struct SegmentCut {
  int first = 0;
  int end = 0;
  double start_s = 0;
  double end_s = 0;
};

struct WindowCut {
  std::vector<SegmentCut> segments;
  // How far the next window begins after this one; at least 1.
  int advance_frames = 0;
  // The text ends with a lone timestamp, after which nobody speaks.
  bool lone_ending = false;
};

// What becomes of text that no timestamp ends.
enum class Tail {
  kAgain,  // the next window begins with it
  kKept,   // it is a segment, up to the end of the window, which is used up
};

// `window_frames` of 10 ms is the audio in the window, at most 3000. Segments are cut between two
// successive timestamps. Where the window ends within a segment, the next one begins at the last
// timestamp; where it ends with a lone timestamp, nothing was cut off and it is used up.
WindowCut cut_window(const SpecialTokens& special, std::span<const int> tokens, int window_frames,
                     Tail tail = Tail::kAgain);

}  // namespace sotto
