#include "text/captions.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

using sotto::caption_time;
using sotto::captions_srt;
using sotto::captions_text;
using sotto::captions_vtt;
using sotto::CaptionSegment;
using Segments = std::vector<CaptionSegment>;

TEST_CASE("times have hours where they must") {
  CHECK(caption_time(0, ',', true) == "00:00:00,000");
  CHECK(caption_time(0, '.', false) == "00:00.000");
  CHECK(caption_time(61.5, '.', false) == "01:01.500");
  CHECK(caption_time(3599.999, '.', false) == "59:59.999");
  CHECK(caption_time(3600, '.', false) == "01:00:00.000");
  CHECK(caption_time(100 * 3600 + 2.25, ',', true) == "100:00:02,250");
  CHECK(caption_time(12345 * 3600.0, '.', false) == "12345:00:00.000");
}

TEST_CASE("milliseconds are rounded, and carried") {
  CHECK(caption_time(59.9996, ',', true) == "00:01:00,000");
  CHECK(caption_time(59.9994, ',', true) == "00:00:59,999");
  CHECK(caption_time(3599.9996, '.', false) == "01:00:00.000");
  CHECK(caption_time(1.0004, '.', false) == "00:01.000");
  CHECK(caption_time(0.28, ',', true) == "00:00:00,280");
}

TEST_CASE("times that are none count as 0, and endless ones stop somewhere") {
  CHECK(caption_time(-3, '.', false) == "00:00.000");
  CHECK(caption_time(std::nan(""), '.', false) == "00:00.000");
  CHECK(caption_time(-std::numeric_limits<double>::infinity(), '.', false) == "00:00.000");
  CHECK(caption_time(std::numeric_limits<double>::infinity(), '.', false) ==
        caption_time(1e10, '.', false));
}

TEST_CASE("segments as text, SRT and VTT") {
  const Segments segments = {{0, 2.5, " And so, my fellow Americans"}, {2.5, 61.04, " ask not. "}};
  CHECK(captions_text(segments) == "And so, my fellow Americans\nask not.\n");
  CHECK(captions_srt(segments) ==
        "1\n00:00:00,000 --> 00:00:02,500\nAnd so, my fellow Americans\n\n"
        "2\n00:00:02,500 --> 00:01:01,040\nask not.\n\n");
  CHECK(captions_vtt(segments) ==
        "WEBVTT\n\n"
        "00:00.000 --> 00:02.500\nAnd so, my fellow Americans\n\n"
        "00:02.500 --> 01:01.040\nask not.\n\n");
}

TEST_CASE("no segments: no cues") {
  CHECK(captions_text(Segments{}) == "");
  CHECK(captions_srt(Segments{}) == "");
  CHECK(captions_vtt(Segments{}) == "WEBVTT\n\n");
}

TEST_CASE("segments without text are left out and not numbered") {
  const Segments segments = {{0, 1, ""}, {1, 2, "a"}, {2, 3, " \n\t\r\n "}, {3, 4, "b"}};
  CHECK(captions_text(segments) == "a\nb\n");
  CHECK(captions_srt(segments) ==
        "1\n00:00:01,000 --> 00:00:02,000\na\n\n2\n00:00:03,000 --> 00:00:04,000\nb\n\n");
  CHECK(captions_vtt(segments) ==
        "WEBVTT\n\n00:01.000 --> 00:02.000\na\n\n00:03.000 --> 00:04.000\nb\n\n");
}

TEST_CASE("line breaks stay, but none can end a cue") {
  const Segments segments = {{0, 1, "one \r\n\r\n two\rthree\n \n\nfour\n"}};
  CHECK(captions_text(segments) == "one two three four\n");
  CHECK(captions_srt(segments) == "1\n00:00:00,000 --> 00:00:01,000\none\ntwo\nthree\nfour\n\n");
  CHECK(captions_vtt(segments) == "WEBVTT\n\n00:00.000 --> 00:01.000\none\ntwo\nthree\nfour\n\n");
}

TEST_CASE("no text reads as a cue's times or as markup") {
  for (const char* arrow : {"-->", "--->", "---->", "--->>", "-->-->", "--\n>"}) {
    CAPTURE(arrow);
    const Segments segments = {{0, 1, std::string("a ") + arrow + " b"}};
    for (const std::string& file : {captions_srt(segments), captions_vtt(segments)}) {
      const size_t times = file.find("-->");
      CHECK(file.find("-->", times + 1) == std::string::npos);
    }
  }
  CHECK(captions_srt(Segments{{0, 1, "a --> b -> c - d"}}) ==
        "1\n00:00:00,000 --> 00:00:01,000\na -> b -> c - d\n\n");
  CHECK(captions_vtt(Segments{{0, 1, "<b>R&D</b> --> x"}}) ==
        "WEBVTT\n\n00:00.000 --> 00:01.000\n&lt;b&gt;R&amp;D&lt;/b&gt; --&gt; x\n\n");
}

TEST_CASE("an end before the start is moved to it") {
  CHECK(captions_srt(Segments{{5, 3, "a"}}) == "1\n00:00:05,000 --> 00:00:05,000\na\n\n");
  CHECK(captions_vtt(Segments{{std::nan(""), 3, "a"}}) ==
        "WEBVTT\n\n00:00.000 --> 00:03.000\na\n\n");
  CHECK(captions_vtt(Segments{{2, std::nan(""), "a"}}) ==
        "WEBVTT\n\n00:02.000 --> 00:02.000\na\n\n");
}
