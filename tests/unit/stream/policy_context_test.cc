// What the live policy tells the decoder of the text before its window.
#include <doctest/doctest.h>

#include <string_view>
#include <vector>

#include "stream/policy.h"
#include "unit/stream/policy_stream.h"

namespace sotto::test {

namespace {

// An utterance of so many seconds of voice, with its pass and its end.
void utter(Stream& stream, std::string_view text, double voice_s) {
  const double from_s = stream.now_s + 1;
  stream.silence(from_s);
  stream.voice(from_s + voice_s);
  stream.silence(from_s + voice_s + 0.9);
  stream.pass(text, from_s);
  stream.next();
  CHECK(stream.policy.take_utterance_end());
}

}  // namespace

TEST_CASE("text before the window is told, its last tokens") {
  StreamOptions options;
  options.context_tokens = 2;
  Stream stream(options);
  stream.voice(1);
  stream.silence(1.9);
  CHECK(stream.pass("one two three") == " one two three");
  CHECK(stream.policy.context().empty());
  stream.next();
  CHECK(std::vector<int>(stream.policy.context().begin(), stream.policy.context().end()) ==
        std::vector<int>{2, 3});
  options.context_tokens = 101;
  CHECK(validate(options).message() == "context_tokens: expected 0 to 100, got 101");
}

TEST_CASE("a full window in which nothing is said leaves no text before the next one") {
  StreamOptions options;
  options.most_window_ms = options.window_ms = 8000;
  Stream stream(options);
  for (const char* text : {"", "... ..."}) {
    CAPTURE(text);
    utter(stream, "one two three", 2);
    CHECK(stream.policy.context().size() >= 3);
    stream.voice(stream.now_s + 8.1);
    stream.pass(text, stream.now_s - 8);
    CHECK(stream.policy.context().empty());
    stream.voice(stream.now_s + 1);
    stream.silence(stream.now_s + 0.9);
    stream.pass("so", stream.now_s - 2);
    stream.next();
    CHECK(stream.policy.take_utterance_end());
  }
}

TEST_CASE("text before the window that lets nothing be heard is forgotten") {
  Stream stream;
  utter(stream, "old, so ...", 1.5);
  CHECK(stream.policy.context().size() == 4);
  // Somebody may have coughed.
  utter(stream, "", 0.5);
  CHECK(stream.policy.context().size() == 4);
  utter(stream, "... ... ... ... ...", 1.5);
  CHECK(stream.policy.context().empty());
  utter(stream, "and on", 1.5);
  CHECK(stream.policy.context().size() == 2);
}

}  // namespace sotto::test
