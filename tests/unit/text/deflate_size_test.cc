#include "text/deflate_size.h"

#include <doctest/doctest.h>

#include <string>

using namespace sotto;

namespace {

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

const std::string kSpeech =
    "And so my fellow Americans, ask not what your country can do for you, ask what you can do for "
    "your country.";

}  // namespace

// Expected sizes are those of Python's zlib.compress (zlib 1.2.13).
TEST_CASE("deflate size: what zlib makes of text") {
  CHECK(deflated_size("") == 8);
  CHECK(deflated_size("a") == 9);
  CHECK(deflated_size("hello world") == 19);
  CHECK(deflated_size(kSpeech) == 79);
  CHECK(deflated_size(repeated(" Thank you.", 20)) == 22);
  CHECK(deflated_size(repeated(kSpeech + " ", 9)) == 91);
  CHECK(deflated_size(repeated("ab", 2000)) == 29);
  CHECK(deflated_size(repeated("the cat and the dog ", 3)) == 29);
  CHECK(deflated_size("\xe3\x81\x94\xe8\xa6\x96\xe8\x81\xb4\xe3\x81\x82\xe3\x82\x8a\xe3\x81\x8c\xe3"
                      "\x81\xa8\xe3\x81\x86") == 33);
  // Codes of its own, and matches that are too far for their length.
  std::string squares;
  for (int i = 0; i < 700; ++i) squares += (i > 0 ? " " : "") + std::to_string(i * i);
  CHECK(deflated_size(squares) == 2035);
  // Nothing to gain: stored as it is.
  std::string bytes;
  for (int i = 0; i < 200; ++i) bytes += static_cast<char>(i * 167 % 256);
  CHECK(deflated_size(bytes) == 211);
}

TEST_CASE("deflate size: the ratio tells speech from loops at Whisper's threshold") {
  CHECK(compression_ratio("") == 0.0f);
  CHECK(compression_ratio(kSpeech) == doctest::Approx(107.0 / 79.0));
  CHECK(compression_ratio(repeated("Thank you. ", 6)) > 2.4f);
  CHECK(compression_ratio(repeated("the ", 100)) > 2.4f);
}
