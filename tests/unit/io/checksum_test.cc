#include "io/checksum.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using sotto::Checksum;

TEST_CASE("Checksum: XXH64 with seed zero, whatever the pieces") {
  // From xxHash's specification (doc/xxhash_spec.md) and its test vectors.
  CHECK(Checksum().digest() == 0xef46db3751d8e999u);
  Checksum letter;
  letter.update("a", 1);
  CHECK(letter.digest() == 0xd24ec4f1a98c6e5bu);

  std::string text;
  for (int i = 0; i < 1000; ++i) text += std::to_string(i);
  Checksum whole;
  whole.update(text.data(), text.size());
  for (const size_t step : {size_t{1}, size_t{7}, size_t{32}, size_t{1000}}) {
    Checksum pieces;
    for (size_t at = 0; at < text.size(); at += step) {
      pieces.update(text.data() + at, std::min(step, text.size() - at));
    }
    pieces.update(nullptr, 0);
    CHECK(pieces.digest() == whole.digest());
  }
}
