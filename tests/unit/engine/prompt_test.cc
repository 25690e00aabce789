#include "engine/prompt.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "unit/io/model_fixtures.h"
#include "unit/support/scores.h"

using namespace sotto;

namespace {

using Tokens = std::vector<int>;

constexpr int kContext = 64;

Tokenizer make_tokenizer(int n_vocab) {
  auto created = Tokenizer::create(test::fixture_vocabulary(n_vocab), n_vocab);
  REQUIRE_MESSAGE(created.ok(), created.status().message());
  return std::move(created.value());
}

const Tokenizer& english() {
  static const Tokenizer tokenizer = make_tokenizer(51864);
  return tokenizer;
}
const Tokenizer& multilingual() {
  static const Tokenizer tokenizer = make_tokenizer(51865);
  return tokenizer;
}

PromptParts parts_of(const Tokenizer& tokenizer, const SessionOptions& options,
                     int n_text_ctx = kContext) {
  auto parts = make_prompt_parts(tokenizer, options, n_text_ctx);
  REQUIRE_MESSAGE(parts.ok(), parts.status().message());
  return std::move(parts.value());
}

Tokens joined(std::initializer_list<Tokens> parts) {
  Tokens all;
  for (const Tokens& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

Tokens counting(int first, int count) {
  Tokens tokens;
  for (int i = 0; i < count; ++i) tokens.push_back(first + i);
  return tokens;
}

}  // namespace

TEST_CASE("prompt: start of transcript, language and task, timestamps or none") {
  const SpecialTokens en = english().special(), many = multilingual().special();
  SessionOptions options;
  const Prompt plain = make_prompt(parts_of(english(), options), {}, true);
  CHECK(plain.tokens == Tokens{en.sot});
  CHECK(plain.sot_index == 0);
  CHECK(plain.prefix_tokens == 0);
  options.timestamps = Timestamps::kNone;
  CHECK(make_prompt(parts_of(english(), options), {}, true).tokens ==
        Tokens{en.sot, en.no_timestamps});
  options.language = "de";
  options.task = Task::kTranslate;
  CHECK(make_prompt(parts_of(multilingual(), options), {}, false).tokens ==
        Tokens{many.sot, many.first_language + 2, many.translate, many.no_timestamps});
}

TEST_CASE("prompt: text before, of which the end is kept") {
  const SpecialTokens special = english().special();
  SessionOptions options;
  options.initial_prompt = " \n abc ";
  const PromptParts parts = parts_of(english(), options);
  CHECK(parts.initial == english().encode(" abc"));
  const Prompt prompt = make_prompt(parts, parts.initial, true);
  CHECK(prompt.tokens == joined({{special.sot_prev}, english().encode(" abc"), {special.sot}}));
  CHECK(prompt.sot_index == int(prompt.tokens.size()) - 1);

  const Tokens before = counting(100, 50);
  const Prompt cut = make_prompt(parts, before, false);
  CHECK(cut.tokens == joined({{special.sot_prev}, counting(119, 31), {special.sot}}));
  CHECK(cut.sot_index == 32);
}

TEST_CASE("prompt: hotwords are told before every window, and leave the rest to the text before") {
  const SpecialTokens special = english().special();
  SessionOptions options;
  options.hotwords = "abc";
  const Tokens words = english().encode(" abc");
  const PromptParts parts = parts_of(english(), options);
  for (bool first : {true, false}) {
    CHECK(make_prompt(parts, {}, first).tokens ==
          joined({{special.sot_prev}, words, {special.sot}}));
  }
  const Tokens before = counting(100, 50);
  const int left = 31 - int(words.size());
  CHECK(make_prompt(parts, before, false).tokens ==
        joined({{special.sot_prev}, words, counting(150 - left, left), {special.sot}}));
  // However many there are.
  options.hotwords.assign(1000, 'x');
  const Prompt full = make_prompt(parts_of(english(), options), before, false);
  CHECK(full.tokens.size() == 33);
  CHECK(full.tokens[1] == english().encode(" x")[0]);
}

TEST_CASE("prompt: the first window begins with its prefix, in place of hotwords") {
  const SpecialTokens special = english().special();
  SessionOptions options;
  options.prefix = "abc";
  options.hotwords = "xyz";
  const Tokens prefix = joined({{special.timestamp_begin}, english().encode(" abc")});
  const PromptParts parts = parts_of(english(), options);
  const Prompt first = make_prompt(parts, {}, true);
  CHECK(first.tokens == joined({{special.sot}, prefix}));
  CHECK(first.prefix_tokens == int(prefix.size()));
  const Prompt second = make_prompt(parts, {}, false);
  CHECK(second.tokens == joined({{special.sot_prev}, english().encode(" xyz"), {special.sot}}));
  CHECK(second.prefix_tokens == 0);

  options.timestamps = Timestamps::kNone;
  CHECK(make_prompt(parts_of(english(), options), {}, true).tokens ==
        joined({{special.sot, special.no_timestamps}, english().encode(" abc")}));
  // A long one leaves room for what is heard.
  options.prefix.assign(1000, 'x');
  CHECK(make_prompt(parts_of(english(), options), {}, true).prefix_tokens == kContext / 4);
}

TEST_CASE("prompt: contexts of any size") {
  SessionOptions options;
  options.initial_prompt = options.hotwords = options.prefix = "abcdefgh";
  for (int n_text_ctx : {1, 2, 3, 4, 8}) {
    const PromptParts parts = parts_of(english(), options, n_text_ctx);
    const Prompt prompt = make_prompt(parts, parts.initial, false);
    CHECK(int(prompt.tokens.size()) <= 1 + std::max(n_text_ctx / 2, 0));
  }
}

TEST_CASE("rules: what the options ask for") {
  SessionOptions options;
  options.suppress_tokens = {7, kNonSpeechTokens};
  options.repetition_penalty = 1.5f;
  options.no_repeat_ngram_size = 3;
  options.max_initial_timestamp_s = 2.0f;
  const LogitsRules rules = make_rules(english(), options, {11, 12});
  const auto suppressed = [&](int token) {
    return std::count(rules.suppressed.begin(), rules.suppressed.end(), token) > 0;
  };
  for (int token : {7, 11, 12, english().special().sot}) CHECK(suppressed(token));
  CHECK(!suppressed(kNonSpeechTokens));
  CHECK(rules.repetition_penalty == 1.5f);
  CHECK(rules.no_repeat_ngram_size == 3);
  CHECK(rules.max_initial_timestamp == 100);
  CHECK(!rules.blank_tokens.empty());

  options.suppress_tokens = {};
  options.suppress_blank = false;
  const LogitsRules few = make_rules(english(), options, {11, 12});
  CHECK(std::count(few.suppressed.begin(), few.suppressed.end(), 11) == 0);
  CHECK(few.blank_tokens.empty());
}

TEST_CASE("rules: a prefix has begun the text already") {
  LogitsRules rules = make_rules(english(), {}, {});
  test::OwnScores scores(51864), begun(51864);
  // Text is more probable than all timestamps together.
  for (test::OwnScores* s : {&scores, &begun}) s->set(50, 20);
  apply_rules(rules, {}, scores.view());
  CHECK(!scores.allowed(50));
  rules.begin_timestamp = false;
  apply_rules(rules, {}, begun.view());
  CHECK(begun.allowed(50));
}
