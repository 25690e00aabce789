// Timed text as plain text, SubRip (SRT) and WebVTT. Pure functions: segments in, text out.
#pragma once

#include <span>
#include <string>

namespace sotto {

struct CaptionSegment {
  double start_s = 0;
  double end_s = 0;
  std::string text;  // UTF-8
};

// A time as [HH:]MM:SS and three digits after `decimal_mark`, rounded to the nearest millisecond.
// Hours have two digits or as many as they need; they are left out below one hour unless
// `always_hours`. What is negative or not a number counts as 0.
std::string caption_time(double time_s, char decimal_mark, bool always_hours);

// One segment at a time, for output that grows. Each is empty where the segment has no text.
// Lines are trimmed and empty ones dropped, since an empty line ends a cue; an end before the
// start is moved to it.
//
// The text on one line, with its newline.
std::string text_line(const CaptionSegment& segment);
// The cue of that number (from 1) with the empty line that ends it. "-->" inside the text, which
// readers would take for times, becomes "->" as in openai-whisper's WriteSRT.
std::string srt_cue(int number, const CaptionSegment& segment);
// The cue with its empty line; `&`, `<` and `>` are escaped as WebVTT asks (W3C WebVTT, 4.2.2),
// so that no text is markup and none reads "-->".
std::string vtt_cue(const CaptionSegment& segment);

// What stands before the first cue of a WebVTT file.
inline constexpr const char* kVttHeader = "WEBVTT\n\n";

// Whole files. Segments without text are left out, and SRT numbers only the others.
std::string captions_text(std::span<const CaptionSegment> segments);
std::string captions_srt(std::span<const CaptionSegment> segments);
std::string captions_vtt(std::span<const CaptionSegment> segments);

}  // namespace sotto
