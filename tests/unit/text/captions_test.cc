#include "text/captions.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

using namespace sotto;
using Segments = std::vector<CaptionSegment>;

namespace {

std::string captions_text(const Segments& segments) {
  std::string out;
  for (const CaptionSegment& segment : segments) out += text_line(segment);
  return out;
}

std::string captions_srt(const Segments& segments) {
  std::string out;
  int number = 1;
  for (const CaptionSegment& segment : segments) out += srt_cue(number++, segment);
  return out;
}

std::string captions_vtt(const Segments& segments) {
  std::string out;
  for (const CaptionSegment& segment : segments) out += vtt_cue(segment);
  return out;
}

// A cue from 1 s to 3 s.
std::string words_vtt(const std::vector<CaptionWord>& words) {
  return vtt_cue({1, 3, "not shown where words are", words});
}
const std::string kTimes = "00:00:01.000 --> 00:00:03.000\n";

}  // namespace

TEST_CASE("times have all their parts, and hours as many digits as they need") {
  CHECK(caption_time(0, ',') == "00:00:00,000");
  CHECK(caption_time(61.5, '.') == "00:01:01.500");
  CHECK(caption_time(3600, '.') == "01:00:00.000");
  CHECK(caption_time(99 * 3600 + 3599.999, '.') == "99:59:59.999");
  CHECK(caption_time(100 * 3600 + 2.25, ',') == "100:00:02,250");
  CHECK(caption_time(12345 * 3600.0, '.') == "12345:00:00.000");
}

TEST_CASE("milliseconds are rounded, and carried") {
  CHECK(caption_time(59.9996, ',') == "00:01:00,000");
  CHECK(caption_time(59.9994, ',') == "00:00:59,999");
  CHECK(caption_time(3599.9996, '.') == "01:00:00.000");
  CHECK(caption_time(0.0005, '.') == "00:00:00.001");
  CHECK(caption_time(1.0004, '.') == "00:00:01.000");
  CHECK(caption_time(0.28, ',') == "00:00:00,280");
}

TEST_CASE("times that are none count as 0, and endless ones stop somewhere") {
  const double endless = std::numeric_limits<double>::infinity();
  CHECK(caption_time(-3, '.') == "00:00:00.000");
  CHECK(caption_time(std::nan(""), '.') == "00:00:00.000");
  CHECK(caption_time(-endless, '.') == "00:00:00.000");
  CHECK(caption_time(endless, '.') == caption_time(1e10, '.'));
}

TEST_CASE("segments as text, SRT, WebVTT, TSV and LRC") {
  const Segments segments = {{0, 2.5, " And so, my fellow Americans", {}},
                             {2.5, 61.04, " ask not. ", {}}};
  CHECK(captions_text(segments) == "And so, my fellow Americans\nask not.\n");
  CHECK(captions_srt(segments) ==
        "1\n00:00:00,000 --> 00:00:02,500\nAnd so, my fellow Americans\n\n"
        "2\n00:00:02,500 --> 00:01:01,040\nask not.\n\n");
  CHECK(captions_vtt(segments) ==
        "00:00:00.000 --> 00:00:02.500\nAnd so, my fellow Americans\n\n"
        "00:00:02.500 --> 00:01:01.040\nask not.\n\n");
  CHECK(tsv_line(segments[1]) == "2500\t61040\task not.\n");
  CHECK(lrc_line(segments[1]) == "[00:02.50]ask not.\n");
}

TEST_CASE("a segment without text is no caption") {
  for (const char* text : {"", " \n\t\r\n "}) {
    const CaptionSegment segment{1, 2, text, {}};
    CHECK(text_line(segment) == "");
    CHECK(srt_cue(1, segment) == "");
    CHECK(vtt_cue(segment) == "");
    CHECK(tsv_line(segment) == "");
    CHECK(lrc_line(segment) == "");
  }
  CHECK(words_vtt({{1, 2, " "}}) == "");
}

TEST_CASE("line breaks stay, but none can end a cue or a row") {
  const CaptionSegment segment{0, 1, "one \r\n\r\n two\rthree\n \n\nfour\tfive\n", {}};
  CHECK(text_line(segment) == "one two three four\tfive\n");
  CHECK(srt_cue(1, segment) == "1\n00:00:00,000 --> 00:00:01,000\none\ntwo\nthree\nfour\tfive\n\n");
  CHECK(vtt_cue(segment) == "00:00:00.000 --> 00:00:01.000\none\ntwo\nthree\nfour\tfive\n\n");
  CHECK(tsv_line(segment) == "0\t1000\tone two three four five\n");
  CHECK(lrc_line(segment) == "[00:00.00]one two three four\tfive\n");
}

TEST_CASE("no text reads as a cue's times or as markup") {
  for (const char* arrow : {"-->", "--->", "---->", "--->>", "-->-->", "--\n>"}) {
    CAPTURE(arrow);
    const Segments segments = {{0, 1, std::string("a ") + arrow + " b", {}}};
    for (const std::string& file : {captions_srt(segments), captions_vtt(segments)}) {
      const size_t times = file.find("-->");
      CHECK(file.find("-->", times + 1) == std::string::npos);
    }
  }
  CHECK(srt_cue(1, {0, 1, "a --> b -> c - d", {}}) ==
        "1\n00:00:00,000 --> 00:00:01,000\na -> b -> c - d\n\n");
  CHECK(vtt_cue({0, 1, "<b>R&D</b> --> x", {}}) ==
        "00:00:00.000 --> 00:00:01.000\n&lt;b&gt;R&amp;D&lt;/b&gt; --&gt; x\n\n");
  CHECK(words_vtt({{1, 2, " <i>"}, {2, 3, " -->"}}) ==
        kTimes + "&lt;i&gt;<00:00:02.000><c> --&gt;</c>\n\n");
}

TEST_CASE("an end before the start is moved to it") {
  CHECK(srt_cue(1, {5, 3, "a", {}}) == "1\n00:00:05,000 --> 00:00:05,000\na\n\n");
  CHECK(vtt_cue({std::nan(""), 3, "a", {}}) == "00:00:00.000 --> 00:00:03.000\na\n\n");
  CHECK(vtt_cue({2, std::nan(""), "a", {}}) == "00:00:02.000 --> 00:00:02.000\na\n\n");
  CHECK(tsv_line({5, 3, "a", {}}) == "5000\t5000\ta\n");
}

TEST_CASE("LRC has hundredths of a second, and no text that is a time") {
  CHECK(lrc_line({59.996, 60, "a", {}}) == "[01:00.00]a\n");
  CHECK(lrc_line({6000.125, 6001, "a", {}}) == "[100:00.13]a\n");
  CHECK(lrc_line({-1, 6001, "a", {}}) == "[00:00.00]a\n");
  CHECK(lrc_line({1, 2, " [00:10.00] a", {}}) == "[00:01.00](00:10.00] a\n");
  CHECK(lrc_line({1, 2, " [Music]", {}}) == "[00:01.00][Music]\n");
  CHECK(lrc_line({1, 2, "[", {}}) == "[00:01.00][\n");
}

TEST_CASE("words have their times, but for the first at the beginning of its cue") {
  CHECK(words_vtt({{1, 1.5, " So"}, {1.5, 2, " my"}, {2, 3, "self."}}) ==
        kTimes + "So<00:00:01.500><c> my</c><00:00:02.000><c>self.</c>\n\n");
  CHECK(words_vtt({{1.25, 2, " So"}, {2, 3, "\nthere"}}) ==
        kTimes + "<00:00:01.250><c>So</c>\n<00:00:02.000><c>there</c>\n\n");
}

TEST_CASE("times of words that go back or leave the cue are left out") {
  CHECK(words_vtt({{0.5, 1, " a"}, {2, 2, " b"}, {2, 2, " c"}, {1.5, 2, " d"}, {3, 4, " e"}}) ==
        kTimes + "a<00:00:02.000><c> b</c> c d e\n\n");
  CHECK(words_vtt({{1, 1, " a"}, {1.0004, 2, " b"}, {std::nan(""), 2, "\nc"}}) ==
        kTimes + "a b\nc\n\n");
}
