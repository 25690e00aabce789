// The live policy where the speaker pauses.
#include <doctest/doctest.h>

#include "stream/policy.h"
#include "unit/stream/heard.h"
#include "unit/stream/policy_stream.h"

namespace sotto::test {

TEST_CASE("at a pause all is certain but the last word, then all, then the mark") {
  Stream stream;
  stream.voice(2);
  CHECK(stream.pass("so it is.") == "");
  // It may be a short one.
  stream.silence(2.1);
  CHECK(stream.next().kind == Kind::kWait);
  CHECK(stream.next().until_ms == doctest::Approx(2200));
  stream.silence(2.25);
  REQUIRE(stream.next().pause);
  CHECK(stream.pass("so it is.") == " so it");
  CHECK(spelled(stream.policy.tentative()) == " is.");
  CHECK(stream.policy.covered_s() == doctest::Approx(0.6));
  CHECK(!stream.policy.speaking());
  // Nothing new to hear.
  stream.silence(2.3);
  CHECK(stream.next().kind == Kind::kWait);
  CHECK(stream.policy.take_confirmed().empty());
  stream.silence(2.38);
  CHECK(stream.next().kind == Kind::kWait);
  CHECK(spelled(stream.policy.take_confirmed()) == " is");
  CHECK(stream.policy.covered_s() == doctest::Approx(2.38));
  stream.silence(2.45);
  CHECK(stream.next().kind == Kind::kWait);
  CHECK(spelled(stream.policy.take_confirmed()) == ".");
  CHECK(!stream.policy.take_utterance_end());
  stream.silence(2.9);
  CHECK(stream.next().kind == Kind::kWait);
  CHECK(stream.policy.take_confirmed().empty());
  CHECK(stream.policy.take_utterance_end());
  CHECK(!stream.policy.take_utterance_end());
  CHECK(stream.policy.prefix().empty());
}

TEST_CASE("a pause within a word does not end it") {
  Stream stream;
  stream.voice(2);
  stream.silence(2.25);
  CHECK(stream.pass("my fellow American.") == " my fellow");
  stream.voice(2.7);
  CHECK(stream.pass("Americans, ask", 0.6) == "");
  stream.voice(3.2);
  CHECK(stream.pass("Americans, ask not", 0.6) == " Americans, ask");
}

TEST_CASE("an improbable word waits for a longer pause, and with it those behind it") {
  Stream stream;
  stream.voice(2);
  stream.silence(2.25);
  const StreamAction action = stream.next();
  REQUIRE(action.pause);
  std::vector<HeardWord> words = heard("we desire and crease", 0, 2.25);
  words[2].probability = 0.4f;
  stream.policy.take(action, words, 2250, 100);
  CHECK(spelled(stream.policy.take_confirmed()) == " we desire");
  stream.silence(2.4);
  CHECK(stream.next().kind == Kind::kWait);
  CHECK(spelled(stream.policy.take_confirmed()) == " and crease");
}

TEST_CASE("a pass that ends when the pause is long confirms all words") {
  Stream stream;
  stream.voice(2);
  stream.silence(2.5);
  CHECK(stream.pass("so it is.") == " so it is");
  CHECK(spelled(stream.policy.tentative()) == ".");
}

TEST_CASE("a speaker who goes on after a pause is heard in the same window") {
  Stream stream;
  stream.voice(2);
  stream.silence(2.4);
  CHECK(stream.pass("so it is.") == " so it is");
  stream.voice(3);
  const StreamAction action = stream.next();
  REQUIRE(action.kind == Kind::kDecode);
  CHECK(!action.pause);
  CHECK(action.from_s == 0);
  CHECK(stream.policy.prefix().size() == 3);
  CHECK(stream.pass("not so", 2.3) == "");
}

TEST_CASE("the end of the stream is a pause") {
  Stream stream;
  stream.voice(1);
  stream.policy.finish();
  REQUIRE(stream.next().pause);
  CHECK(stream.pass("that is all.") == " that is all");
  stream.next();
  CHECK(spelled(stream.policy.take_confirmed()) == ".");
  CHECK(stream.policy.take_utterance_end());
}

}  // namespace sotto::test
