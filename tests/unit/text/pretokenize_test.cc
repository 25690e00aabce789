#include "text/pretokenize.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace {

using Pieces = std::vector<std::string>;

Pieces pieces(std::string_view text) {
  Pieces out;
  while (!text.empty()) {
    const size_t size = sotto::first_piece_bytes(text);
    REQUIRE(size > 0);
    REQUIRE(size <= text.size());
    out.emplace_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return out;
}

}  // namespace

TEST_CASE("a space goes with what follows it") {
  CHECK(pieces("Hello big world") == Pieces{"Hello", " big", " world"});
  CHECK(pieces(" 42 ?!") == Pieces{" 42", " ?!"});
  CHECK(pieces("a1b2") == Pieces{"a", "1", "b", "2"});
  CHECK(pieces("x_y") == Pieces{"x", "_", "y"});
}

TEST_CASE("of a run of white space the last one stays for the word") {
  CHECK(pieces("a   b") == Pieces{"a", "  ", " b"});
  CHECK(pieces("a \n b") == Pieces{"a", " \n", " b"});
  CHECK(pieces("a\n\nb") == Pieces{"a", "\n", "\n", "b"});
  CHECK(pieces("a\nb") == Pieces{"a", "\n", "b"});
  CHECK(pieces("a   ") == Pieces{"a", "   "});
  CHECK(pieces("   ") == Pieces{"   "});
  CHECK(pieces(" ") == Pieces{" "});
  // Only U+0020 joins a word.
  CHECK(pieces("a\u00A0b") == Pieces{"a", "\u00A0", "b"});
  CHECK(pieces("\u3000\u3000b") == Pieces{"\u3000", "\u3000", "b"});
  CHECK(pieces("\u2028 b") == Pieces{"\u2028", " b"});
}

TEST_CASE("English contractions are cut off, in small letters only") {
  CHECK(pieces("it's we'll they've you're I'm he'd don't") ==
        Pieces{"it", "'s", " we", "'ll", " they", "'ve", " you", "'re", " I", "'m", " he", "'d",
               " don", "'t"});
  CHECK(pieces("IT'S") == Pieces{"IT", "'", "S"});
  CHECK(pieces("'l") == Pieces{"'", "l"});
  CHECK(pieces("'v") == Pieces{"'", "v"});
  CHECK(pieces("'") == Pieces{"'"});
  CHECK(pieces("'super") == Pieces{"'s", "uper"});
  CHECK(pieces(" 's") == Pieces{" '", "s"});
  CHECK(pieces("''s") == Pieces{"''", "s"});
}

TEST_CASE("invalid bytes stand alone and end what is before them") {
  CHECK(pieces("a\xFF\xFFz") == Pieces{"a", "\xFF", "\xFF", "z"});
  CHECK(pieces("a  \xFFz") == Pieces{"a", "  ", "\xFF", "z"});
  CHECK(pieces(" \x80") == Pieces{" ", "\x80"});
  CHECK(pieces("\xE2\x82") == Pieces{"\xE2", "\x82"});
  CHECK(pieces("\xE2\x82\xAC\xE2") == Pieces{"\xE2\x82\xAC", "\xE2"});
  CHECK(pieces("'\xFF") == Pieces{"'", "\xFF"});
}
