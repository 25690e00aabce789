#include "stream/heard_word.h"

#include <doctest/doctest.h>

#include "unit/stream/heard.h"

namespace sotto::test {

TEST_CASE("words are the same whatever their letter case and punctuation") {
  CHECK(is_same_word(" North,", " north"));
  CHECK(is_same_word(" don't", " dont"));
  CHECK(!is_same_word(" north", " norths"));
  CHECK(!is_same_word(" norths", " north"));
  CHECK(!is_same_word(" a", ""));
  // Other scripts are compared as they are.
  CHECK(is_same_word(" Привет!", " Привет"));
  CHECK(!is_same_word(" Привет", " привет"));
  // Nothing but punctuation is told by it.
  CHECK(is_same_word(".", "."));
  CHECK(!is_same_word(".", ","));
}

TEST_CASE("what is said once or twice is no loop") {
  CHECK(length_without_loop(heard("no no no"), 0) == 3);
  CHECK(length_without_loop(heard("the other day the other day"), 0) == 6);
  CHECK(length_without_loop({}, 0) == 0);
}

TEST_CASE("a loop is cut behind its first round") {
  CHECK(length_without_loop(heard("well no no no no no no"), 0) == 2);
  CHECK(length_without_loop(heard("so the other day the other day the other day it"), 0) == 4);
  // Letter case and punctuation do not hide it.
  CHECK(length_without_loop(heard("Thank you. thank you, thank you and"), 0) == 2);
}

TEST_CASE("words that are said already count, and stay") {
  CHECK(length_without_loop(heard("no no no no no yes"), 3) == 3);
  CHECK(length_without_loop(heard("no no no yes no"), 3) == 5);
  CHECK(length_without_loop(heard("thank you thank you thank you very"), 5) == 5);
  // A loop among them alone is none of ours.
  CHECK(length_without_loop(heard("no no no no no yes"), 5) == 6);
}

TEST_CASE("marks without words between them are a loop, too") {
  CHECK(length_without_loop(heard("old, so... and ... no"), 0) == 7);
  CHECK(length_without_loop(heard("old, so... ... ... ... and"), 0) == 4);
  CHECK(length_without_loop(heard("... ... ... ..."), 0) == 1);
  CHECK(length_without_loop(heard("so . ... ! ... . ..."), 0) == 4);
  // What was said already counts, and stays.
  CHECK(length_without_loop(heard("so ... ... ... and"), 2) == 2);
  CHECK(length_without_loop(heard("so ... ... and ... well"), 3) == 6);
}

TEST_CASE("words for which there is no time are not heard") {
  std::vector<HeardWord> words = heard("so it is. So it is and");
  CHECK(length_with_time(words) == words.size());
  // The second sentence stands where the first one ends, mark and all.
  for (size_t i = 4; i < words.size(); ++i) words[i].start_s = words[i].end_s = 0.9;
  CHECK(length_with_time(words) == 4);
  // Two short ones may be.
  words.resize(6);
  CHECK(length_with_time(words) == 6);
  CHECK(length_with_time({}) == 0);
}

}  // namespace sotto::test
