// Timed text as plain text, SubRip (SRT), WebVTT, tab-separated values (TSV) and LRC. Pure
// functions: segments in, text out. web/formats.ts writes the same for pages, which have no engine
// beside them: tests/captions/cases.json holds both to the same text.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace sotto {

struct CaptionWord {
  double start_s = 0;
  double end_s = 0;
  std::string text;  // UTF-8; begins with white space where that stands before the word
};

struct CaptionSegment {
  double start_s = 0;
  double end_s = 0;
  std::string text;                // UTF-8
  std::vector<CaptionWord> words;  // the same text with its times; empty where they are unknown
};

// A time as HH:MM:SS and three digits after `decimal_mark`, rounded to the nearest millisecond.
// Hours have two digits or as many as they need. What is negative or not a number counts as 0.
std::string caption_time(double time_s, char decimal_mark);

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
// so that no text is markup and none reads "-->". Words have their times before them, where these
// lie within the cue and do not go back: <00:00:01.000><c> word</c>.
std::string vtt_cue(const CaptionSegment& segment);
// Start and end in milliseconds and the text, with tabs between, as openai-whisper's WriteTSV.
std::string tsv_line(const CaptionSegment& segment);
// "[MM:SS.cc]text": minutes grow past 99. A text that reads as a time itself gets a round bracket.
std::string lrc_line(const CaptionSegment& segment);

// What stands before the first cue of a WebVTT file, and the first line of a TSV file.
inline constexpr const char* kVttHeader = "WEBVTT\n\n";
inline constexpr const char* kTsvHeader = "start\tend\ttext\n";

}  // namespace sotto
