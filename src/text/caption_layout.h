// Segments cut into captions that fit a screen and can be read in time. A pure function, which
// web/captions.ts is for pages (tests/captions/cases.json holds both to the same captions).
#pragma once

#include <vector>

#include "text/captions.h"

namespace sotto {

// Bounds of a caption; 0: none. Names as in openai-whisper's writers, where it has them.
struct CaptionLayout {
  int max_line_width = 0;    // characters of a line
  int max_line_count = 0;    // lines of a caption, where lines are bounded
  double max_caption_s = 0;  // seconds that a caption stands
};

// The captions of one segment, in order. Lines break between words, and within one that is longer
// than a line. Without the words' times, time passes evenly from character to character. Where
// nothing is bounded the segment stays as it is.
std::vector<CaptionSegment> lay_out_captions(const CaptionSegment& segment,
                                             const CaptionLayout& layout);

}  // namespace sotto
