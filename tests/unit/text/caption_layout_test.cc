#include "text/caption_layout.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace sotto;

namespace {

CaptionLayout layout(int width, int lines, double caption_s) { return {width, lines, caption_s}; }

// Texts of the captions, with a bar between.
std::string texts(const CaptionSegment& segment, const CaptionLayout& bounds) {
  std::string out;
  for (const CaptionSegment& caption : lay_out_captions(segment, bounds)) {
    out += (out.empty() ? "" : "|") + caption.text;
  }
  return out;
}

// A word a second from 10 s on.
CaptionSegment timed(const std::vector<std::string>& words) {
  CaptionSegment segment{0, 0, "", {}};
  double time_s = 10;
  for (const std::string& word : words) {
    segment.text += word;
    segment.words.push_back({time_s, time_s + 1, word});
    time_s += 1;
  }
  segment.start_s = 9;
  segment.end_s = time_s + 1;
  return segment;
}

}  // namespace

TEST_CASE("layout: without bounds a segment stays as it is") {
  const CaptionSegment segment = timed({" a", " b"});
  const auto captions = lay_out_captions(segment, layout(0, 3, 0));
  REQUIRE(captions.size() == 1);
  CHECK(captions[0].text == " a b");
  CHECK(captions[0].start_s == 9);
  CHECK(captions[0].words.size() == 2);
}

TEST_CASE("layout: lines have at most so many characters, captions so many lines") {
  const CaptionSegment segment = timed({" And", " so", " my", " fellow", " men"});
  CHECK(texts(segment, layout(6, 0, 0)) == "And so\nmy\nfellow\nmen");
  CHECK(texts(segment, layout(6, 1, 0)) == "And so|my|fellow|men");
  CHECK(texts(segment, layout(6, 2, 0)) == "And so\nmy|fellow\nmen");
  CHECK(texts(segment, layout(9, 2, 0)) == "And so my\nfellow|men");
  CHECK(texts(segment, layout(10, 1, 0)) == "And so my|fellow men");
  CHECK(texts(segment, layout(1000, 1, 0)) == "And so my fellow men");
}

TEST_CASE("layout: captions have the times of their words") {
  const auto captions = lay_out_captions(timed({" a", " b", " c"}), layout(3, 1, 0));
  REQUIRE(captions.size() == 2);
  CHECK(captions[0].start_s == 10);
  CHECK(captions[0].end_s == 12);
  CHECK(captions[1].start_s == 12);
  CHECK(captions[1].end_s == 13);
  REQUIRE(captions[0].words.size() == 2);
  CHECK(captions[0].words[0].text == "a");
  CHECK(captions[0].words[1].text == " b");
  CHECK(captions[0].words[1].start_s == 11);
}

TEST_CASE("layout: a word that begins a line tells so") {
  const auto captions = lay_out_captions(timed({" aa", " bb"}), layout(2, 0, 0));
  REQUIRE(captions.size() == 1);
  CHECK(captions[0].words[1].text == "\nbb");
}

TEST_CASE("layout: words without a space between stay together on a line, and may be parted") {
  CHECK(texts(timed({" a", "b", " c"}), layout(2, 1, 0)) == "ab|c");
  CHECK(texts(timed({" ab", "cd"}), layout(3, 1, 0)) == "ab|cd");
}

TEST_CASE("layout: no caption stands longer than it may") {
  const CaptionSegment segment = timed({" a", " b", " c", " d", " e"});
  CHECK(texts(segment, layout(0, 0, 2)) == "a b|c d|e");
  CHECK(texts(segment, layout(1, 2, 1)) == "a|b|c|d|e");
  CHECK(texts(segment, layout(1, 0, 3)) == "a\nb\nc|d\ne");
  // A word that takes longer by itself is not cut; its caption ends in time.
  const auto captions = lay_out_captions(timed({" long"}), layout(0, 0, 0.25));
  REQUIRE(captions.size() == 1);
  CHECK(captions[0].text == "long");
  CHECK(captions[0].end_s == 10.25);
}

TEST_CASE("layout: without words' times, time passes from character to character") {
  const CaptionSegment segment{10, 20, " abcd efghi ", {}};
  const auto captions = lay_out_captions(segment, layout(5, 1, 0));
  REQUIRE(captions.size() == 2);
  CHECK(captions[0].text == "abcd");
  CHECK(captions[0].start_s == 10);
  CHECK(captions[0].end_s == 14);
  CHECK(captions[1].text == "efghi");
  CHECK(captions[1].start_s == 15);
  CHECK(captions[1].end_s == 20);
  CHECK(captions[0].words.empty());
  CHECK(texts(segment, layout(0, 0, 4.5)) == "abcd|ef|ghi");
}

TEST_CASE("layout: characters and not bytes are counted") {
  CHECK(texts({0, 4, " Grüße süß", {}}, layout(5, 1, 0)) == "Grüße|süß");
  CHECK(texts({0, 4, "日本語テスト", {}}, layout(3, 1, 0)) == "日本語|テスト");
  const auto captions = lay_out_captions({0, 6, "日本語テスト", {}}, layout(3, 1, 0));
  CHECK(captions[0].end_s == 3);
  CHECK(captions[1].start_s == 3);
}

TEST_CASE("layout: a word longer than a line is cut into pieces") {
  CHECK(texts({0, 1, "abcdefgh ij", {}}, layout(3, 2, 0)) == "ab\ncde|fgh\nij");
  const auto captions = lay_out_captions(timed({" abcd"}), layout(2, 1, 0));
  REQUIRE(captions.size() == 2);
  CHECK(captions[1].start_s == 10.5);
  CHECK(captions[1].words[0].text == "cd");
  CHECK(texts({0, 100, "ab", {}}, layout(0, 0, 1)) == "a|b");
}

TEST_CASE("layout: no text, no caption") {
  CHECK(lay_out_captions({0, 1, " \n", {}}, layout(5, 1, 0)).empty());
  CHECK(lay_out_captions({0, 1, "", {}}, layout(5, 1, 3)).empty());
  CHECK(texts(timed({" ", " a", "\t"}), layout(5, 1, 0)) == "a");
  CHECK(texts({3, 1, "a b", {}}, layout(1, 1, 1)) == "a|b");
}
