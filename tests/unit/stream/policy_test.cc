#include "stream/policy.h"

#include <doctest/doctest.h>

#include "unit/stream/heard.h"
#include "unit/stream/policy_stream.h"

namespace sotto::test {

namespace {

StreamOptions with(StreamPolicy policy) {
  StreamOptions options;
  options.policy = policy;
  return options;
}

}  // namespace

TEST_CASE("nothing is due while nobody speaks") {
  Stream stream;
  stream.silence(10);
  CHECK(stream.next().kind == Kind::kWait);
  CHECK(!stream.policy.speaking());
  CHECK(stream.policy.covered_s() == 10);
  CHECK(stream.policy.needed_from_s() == doctest::Approx(9.7));
}

TEST_CASE("a voice is heard with what was before it, one step after another") {
  Stream stream;
  stream.silence(5);
  stream.voice(5.1);
  // Too little to tell anything.
  const StreamAction wait = stream.next();
  CHECK(wait.kind == Kind::kWait);
  CHECK(wait.until_ms == doctest::Approx(5200));
  stream.voice(5.4);
  const StreamAction action = stream.next();
  REQUIRE(action.kind == Kind::kDecode);
  CHECK(action.from_s == doctest::Approx(4.7));
  CHECK(action.to_s == doctest::Approx(5.4));
  CHECK(!action.pause);
  CHECK(stream.policy.speaking());
  stream.policy.take(action, {}, 5400, 100);
  stream.voice(5.7);
  CHECK(stream.next().kind == Kind::kWait);
  CHECK(stream.next().until_ms == doctest::Approx(5800));
  stream.voice(5.8);
  CHECK(stream.next().kind == Kind::kDecode);
}

TEST_CASE("LocalAgreement-2: what two hypotheses say is certain, but for the last word") {
  Stream stream(with(StreamPolicy::kAgreement));
  stream.voice(2);
  CHECK(stream.pass("it was my") == "");
  CHECK(spelled(stream.policy.tentative()) == " it was my");
  stream.voice(3);
  CHECK(stream.pass("It was, my reply") == " It was, my");
  CHECK(spelled(stream.policy.tentative()) == " reply");
  // Tokens that are certain begin the next text: those of "It", "was", the comma and "my".
  CHECK(std::vector<int>(stream.policy.prefix().begin(), stream.policy.prefix().end()) ==
        std::vector<int>{1, 2, 3, 4});
  stream.voice(4);
  CHECK(stream.pass("reports from", 1.0) == "");
  stream.voice(5);
  CHECK(stream.pass("reports for the", 1.0) == " reports");
}

TEST_CASE("times of confirmed words do not go back from one pass to the next") {
  Stream stream(with(StreamPolicy::kAgreement));
  stream.voice(2);
  CHECK(stream.pass("one two three") == "");
  stream.voice(3);
  CHECK(stream.pass("one two three") == " one two");
  // This pass hears the next words where those before were, and before they had ended.
  for (const char* text : {"three four five", "four five six"}) {
    stream.voice(stream.now_s + 1);
    const StreamAction action = stream.next();
    REQUIRE(action.kind == Kind::kDecode);
    stream.policy.take(action, heard(text, 0.1, action.to_s), stream.now_s * 1e3, 100);
  }
  const std::vector<HeardWord> words = stream.policy.take_confirmed();
  REQUIRE(spelled(words) == " three four five");
  double last_s = 0.6;
  for (const HeardWord& word : words) {
    CHECK(word.start_s >= last_s);
    CHECK(word.end_s >= word.start_s);
    last_s = word.end_s;
  }
  CHECK(last_s == doctest::Approx(0.7));
}

TEST_CASE("AlignAtt: what lies far enough back is certain at once") {
  Stream stream(with(StreamPolicy::kAlignAtt));
  stream.voice(1.3);
  // Words end at 0.3, 0.6, 0.9, 1.2; half a second before the end is 0.8.
  CHECK(stream.pass("one two three four") == " one two");
  CHECK(stream.policy.covered_s() == doctest::Approx(0.6));
}

TEST_CASE("both: two hypotheses must say it, a little back") {
  StreamOptions options;
  options.align_both_ms = 600;
  Stream stream(options);
  stream.voice(1.3);
  CHECK(stream.pass("one two three four") == "");
  stream.voice(1.75);
  CHECK(stream.pass("one two three four five") == " one two three");
}

TEST_CASE("an improbable word waits for more hypotheses, or until it lies back") {
  StreamOptions options = with(StreamPolicy::kAgreement);
  options.unsure_ms = 3000;
  options.unsure_agreements = 3;
  const auto pass = [](Stream& stream) {
    const StreamAction action = stream.next();
    REQUIRE(action.kind == Kind::kDecode);
    std::vector<HeardWord> words = heard("one two three four", 0, action.to_s);
    words[1].probability = 0.2f;
    stream.policy.take(action, words, stream.now_s * 1e3, 100);
    return spelled(stream.policy.take_confirmed());
  };
  Stream stream(options);
  for (const double to_s : {1.3, 1.8}) {
    stream.voice(to_s);
    CHECK(pass(stream) == (to_s == 1.3 ? "" : " one"));
  }
  // Prefixes are not repeated: two more that go on behind it.
  stream.voice(2.3);
  const StreamAction action = stream.next();
  std::vector<HeardWord> rest = heard("two three four", 0.3, 2.3);
  rest[0].probability = 0.2f;
  stream.policy.take(action, rest, 2300, 100);
  CHECK(spelled(stream.policy.take_confirmed()) == " two three");

  options.unsure_agreements = 100;
  Stream old(options);
  old.voice(1.3);
  CHECK(pass(old) == "");
  old.voice(3.7);
  CHECK(pass(old) == " one two three");
}

TEST_CASE("by default two hypotheses are enough for a word of 0.9, and not for one of 0.8") {
  for (const float probability : {0.9f, 0.8f}) {
    Stream stream;
    for (const double to_s : {0.9, 1.4}) {
      stream.voice(to_s);
      const StreamAction action = stream.next();
      REQUIRE(action.kind == Kind::kDecode);
      std::vector<HeardWord> words = heard("one two three four", 0, to_s);
      for (HeardWord& word : words) word.probability = probability;
      stream.policy.take(action, words, to_s * 1e3, 100);
    }
    const std::string confirmed = spelled(stream.policy.take_confirmed());
    CHECK(confirmed == (probability == 0.9f ? " one two three" : ""));
  }
}

TEST_CASE("utterances do not hear each other") {
  Stream stream;
  stream.voice(1);
  stream.silence(1.9);
  CHECK(stream.pass("one") == " one");
  stream.next();
  CHECK(stream.policy.take_utterance_end());
  stream.voice(2.2);
  CHECK(stream.next().from_s == doctest::Approx(1.6));
}

TEST_CASE("the window is cut behind a sentence, and the words in it stay the prefix") {
  StreamOptions options = with(StreamPolicy::kAgreement);
  options.window_ms = 6000;
  options.kept_ms = 2000;
  Stream stream(options);
  stream.voice(5.9);
  const std::string_view text = "a b c d e f g h i j k. l m n o p q r s t";
  CHECK(stream.pass(text) == "");
  stream.voice(6.4);
  CHECK(stream.pass(text) == " a b c d e f g h i j k. l m n o p q r s");
  // "k" ends at 3.3 s, and 3.1 s of audio are left.
  CHECK(stream.policy.needed_from_s() == doctest::Approx(3.3));
  CHECK(stream.policy.prefix().size() == 8);
  stream.voice(7);
  CHECK(stream.next().from_s == doctest::Approx(3.3));
}

TEST_CASE("a window in which nothing becomes certain is confirmed when it is full") {
  StreamOptions options;
  options.window_ms = 6000;
  options.most_window_ms = 8000;
  Stream stream(options);
  stream.voice(7.9);
  CHECK(stream.pass("one two") == "");
  stream.voice(8.1);
  REQUIRE(stream.next().full);
  CHECK(stream.pass("other words") == " other words");
  // Both lie far back.
  CHECK(stream.policy.needed_from_s() == doctest::Approx(0.6));
  CHECK(!stream.policy.take_utterance_end());
}

TEST_CASE("a full window in which nothing is said is left behind") {
  StreamOptions options;
  options.most_window_ms = options.window_ms = 8000;
  Stream stream(options);
  stream.voice(8.1);
  CHECK(stream.pass("") == "");
  CHECK(stream.policy.needed_from_s() == doctest::Approx(8.1));
}

TEST_CASE("a loop is not confirmed") {
  Stream stream(with(StreamPolicy::kAgreement));
  stream.voice(3);
  CHECK(stream.pass("and no no no no no no") == "");
  CHECK(spelled(stream.policy.tentative()) == " and no");
  stream.silence(3.3);
  CHECK(stream.pass("and no no no no no no no") == " and");
  stream.silence(3.36);
  stream.next();
  CHECK(spelled(stream.policy.take_confirmed()) == " no");
  // Nor is it gone on with, once it is confirmed.
  stream.voice(4);
  CHECK(stream.pass("no no no no", 0.6) == "");
}

TEST_CASE("the step follows passes that take long, and says so") {
  Stream stream;
  stream.voice(1);
  CHECK(stream.pass("a", 0, 300) == "");
  CHECK(!stream.policy.behind());
  CHECK(stream.policy.step_ms() == 400);
  stream.voice(2);
  stream.pass("a", 0, 2000);
  CHECK(stream.policy.behind());
  // 300 ms, and three tenths of the way to 2000, are 0.8 of it.
  CHECK(stream.policy.step_ms() == doctest::Approx(1012.5));
  // Never before the pass itself is over.
  CHECK(stream.policy.due_ms() == doctest::Approx(4000));
  for (int i = 0; i < 20; ++i) {
    stream.voice(5.0 + i);
    stream.pass("a", 0, 100);
  }
  CHECK(!stream.policy.behind());
}

TEST_CASE("options name what they may be") {
  StreamOptions options;
  CHECK(validate(options).ok());
  options.step_ms = 10;
  CHECK(validate(options).message() == "step_ms: expected 50 to 10000, got 10");
  options = {};
  options.utterance_end_ms = 100;
  CHECK(validate(options).message().starts_with("utterance_end_ms: expected 400 to"));
  options = {};
  options.window_ms = 3000;
  CHECK(validate(options).code() == Code::kInvalidArgument);
  options = {};
  options.most_window_ms = 30000;
  CHECK(!validate(options).ok());
  options.most_window_ms = options.window_ms - 1;
  CHECK(!validate(options).ok());
}

}  // namespace sotto::test
