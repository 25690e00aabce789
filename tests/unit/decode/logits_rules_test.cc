#include "decode/logits_rules.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "unit/support/scores.h"

using namespace sotto;

namespace {

const SpecialTokens kSpecial = special_tokens(51864);
const int kTime = kSpecial.timestamp_begin;

struct Scores : test::OwnScores {
  Scores() : OwnScores(kSpecial.n_vocab) {}
};

}  // namespace

TEST_CASE("rules: listed tokens are suppressed, ids out of range ignored") {
  Scores s;
  suppress_tokens(std::vector<int>{3, 5, -1, 1 << 20}, s.view());
  CHECK_FALSE(s.allowed(3));
  CHECK_FALSE(s.allowed(5));
  CHECK(s.all(6, kSpecial.n_vocab));
}

TEST_CASE("rules: no blank and no end at the beginning only") {
  Scores begin, later;
  suppress_blank(std::vector<int>{220}, kSpecial.end_of_text, {}, begin.view());
  CHECK_FALSE(begin.allowed(220));
  CHECK_FALSE(begin.allowed(kSpecial.end_of_text));
  CHECK(begin.allowed(221));
  suppress_blank(std::vector<int>{220}, kSpecial.end_of_text, std::vector<int>{7}, later.view());
  CHECK(later.all(0, kSpecial.n_vocab));
}

TEST_CASE("rules: timestamps come in pairs") {
  Scores after_text, after_one, after_two, after_first;
  pair_timestamps(kSpecial, std::vector<int>{kTime, 7}, after_text.view());
  CHECK(after_text.all(0, kSpecial.n_vocab));
  // Text, then one timestamp: another or the end, no text.
  pair_timestamps(kSpecial, std::vector<int>{kTime, 7, kTime + 9}, after_one.view());
  CHECK(after_one.none(0, kSpecial.end_of_text));
  CHECK(after_one.all(kSpecial.end_of_text, kSpecial.n_vocab));
  // Two: text or the end, no third.
  pair_timestamps(kSpecial, std::vector<int>{7, kTime + 9, kTime + 9}, after_two.view());
  CHECK(after_two.none(kTime, kSpecial.n_vocab));
  CHECK(after_two.all(0, kTime));
  // The first of a window counts as the second of a pair.
  pair_timestamps(kSpecial, std::vector<int>{kTime}, after_first.view());
  CHECK(after_first.none(kTime, kSpecial.n_vocab));
}

TEST_CASE("rules: timestamps do not go back") {
  Scores after_text, after_one, before_any;
  order_timestamps(kSpecial, std::vector<int>{kTime + 5, 7}, after_text.view());
  CHECK(after_text.none(kTime, kTime + 6));
  CHECK(after_text.all(kTime + 6, kSpecial.n_vocab));
  // A segment may end where the next begins.
  order_timestamps(kSpecial, std::vector<int>{kTime, 7, kTime + 5}, after_one.view());
  CHECK(after_one.none(kTime, kTime + 5));
  CHECK(after_one.all(kTime + 5, kSpecial.n_vocab));
  order_timestamps(kSpecial, std::vector<int>{7, 8}, before_any.view());
  CHECK(before_any.all(0, kSpecial.n_vocab));
}

TEST_CASE("rules: a window begins with an early timestamp") {
  Scores limited, any, later;
  begin_with_timestamp(kSpecial, 50, {}, limited.view());
  CHECK(limited.none(0, kTime));
  CHECK(limited.all(kTime, kTime + 51));
  CHECK(limited.none(kTime + 51, kSpecial.n_vocab));
  begin_with_timestamp(kSpecial, -1, {}, any.view());
  CHECK(any.all(kTime, kSpecial.n_vocab));
  begin_with_timestamp(kSpecial, 50, std::vector<int>{kTime}, later.view());
  CHECK(later.all(0, kSpecial.n_vocab));
}

TEST_CASE("rules: timestamps that outweigh every other token together are taken") {
  Scores spread, text;
  // 1501 timestamps at 0 weigh log(1501) = 7.3 together.
  spread.set(100, 7.0f);
  prefer_timestamp(kSpecial, spread.view());
  CHECK(spread.none(0, kTime));
  CHECK(spread.all(kTime, kSpecial.n_vocab));
  text.set(100, 7.6f);
  prefer_timestamp(kSpecial, text.view());
  CHECK(text.all(0, kSpecial.n_vocab));
}

TEST_CASE("rules: what was said is less probable, once and whatever its sign") {
  Scores s;
  s.set(3, 4.0f);
  s.set(5, -4.0f);
  s.set(6, 4.0f);
  penalize_repetition(2.0f, std::vector<int>{3, 5, 3, 3}, s.view());
  CHECK(s[3] == 2.0f);
  CHECK(s[5] == -8.0f);
  CHECK(s[6] == 4.0f);
}

TEST_CASE("rules: no sequence of a length is said twice") {
  const auto forbidden = [](int size, const std::vector<int>& sampled) {
    Scores s;
    forbid_repeated_ngram(size, sampled, s.view());
    std::vector<int> tokens;
    for (int i = 0; i < 20; ++i) {
      if (!s.allowed(i)) tokens.push_back(i);
    }
    CHECK(s.all(20, kSpecial.n_vocab));
    return tokens;
  };
  using Tokens = std::vector<int>;
  CHECK(forbidden(1, {3, 5, 3}) == Tokens{3, 5});
  CHECK(forbidden(2, {3, 5, 3}) == Tokens{5});
  CHECK(forbidden(2, {3, 5, 3, 7, 3}) == Tokens{5, 7});
  CHECK(forbidden(3, {1, 2, 9, 4, 1, 2}) == Tokens{9});
  CHECK(forbidden(3, {1, 2, 9, 4, 2, 1}) == Tokens{});
  CHECK(forbidden(2, {3, 3}) == Tokens{3});
  CHECK(forbidden(3, {1, 2}) == Tokens{});
  CHECK(forbidden(4, {}) == Tokens{});
}

TEST_CASE("rules: those of repetition apply where they are asked for") {
  LogitsRules rules;
  rules.special = kSpecial;
  rules.timestamps = false;
  const std::vector<int> sampled = {3, 5, 3};
  Scores plain, penalized, forbidden;
  for (Scores* s : {&plain, &penalized, &forbidden}) s->set(3, 6.0f), s->set(5, 6.0f);
  apply_rules(rules, sampled, plain.view());
  CHECK(plain[3] == 6.0f);
  CHECK(plain[5] == 6.0f);
  rules.repetition_penalty = 1.5f;
  apply_rules(rules, sampled, penalized.view());
  CHECK(penalized[3] == 4.0f);
  rules.repetition_penalty = 1;
  rules.no_repeat_ngram_size = 2;
  apply_rules(rules, sampled, forbidden.view());
  CHECK(!forbidden.allowed(5));
  CHECK(forbidden[3] == 6.0f);
}

TEST_CASE("rules: what was said before counts with what is sampled") {
  LogitsRules rules;
  rules.special = kSpecial;
  rules.timestamps = false;
  rules.blank_tokens = {220};
  rules.no_repeat_ngram_size = 2;
  rules.said = {7, 8, 9};
  Scores begun, repeated;
  apply_rules(rules, {}, begun.view());
  CHECK(begun.allowed(220));
  CHECK(begun.allowed(kSpecial.end_of_text));
  apply_rules(rules, std::vector<int>{7}, repeated.view());
  CHECK_FALSE(repeated.allowed(8));
  CHECK(repeated.allowed(9));
}

TEST_CASE("rules: together, with and without timestamps") {
  LogitsRules rules;
  rules.special = kSpecial;
  rules.suppressed = {11};
  rules.blank_tokens = {220};
  Scores with;
  apply_rules(rules, {}, with.view());
  CHECK(with.none(0, kTime));
  CHECK(with.allowed(kTime + 50));
  CHECK_FALSE(with.allowed(kTime + 51));

  rules.timestamps = false;
  Scores without;
  apply_rules(rules, {}, without.view());
  CHECK(without.none(kTime, kSpecial.n_vocab));
  CHECK_FALSE(without.allowed(11));
  CHECK_FALSE(without.allowed(220));
  CHECK(without.allowed(12));

  rules.timestamps = true;
  Scores later;
  later.set(12, 20.0f);
  apply_rules(rules, std::vector<int>{kTime, 12}, later.view());
  CHECK(later.allowed(12));
  CHECK_FALSE(later.allowed(kSpecial.no_timestamps));
}

TEST_CASE("rules: each of those of timestamps applies among the others") {
  LogitsRules rules;
  rules.special = kSpecial;
  // A probable word, which timestamps do not outweigh.
  Scores paired, ordered, preferred, prefixed;
  for (Scores* s : {&paired, &ordered, &prefixed}) s->set(12, 20.0f);
  apply_rules(rules, std::vector<int>{kTime, 7, kTime + 9}, paired.view());
  CHECK_FALSE(paired.allowed(12));
  CHECK(paired.allowed(kTime + 9));
  apply_rules(rules, std::vector<int>{kTime + 5, 7}, ordered.view());
  CHECK(ordered.allowed(12));
  CHECK_FALSE(ordered.allowed(kTime + 5));
  CHECK(ordered.allowed(kTime + 6));
  apply_rules(rules, std::vector<int>{kTime, 7}, preferred.view());
  CHECK_FALSE(preferred.allowed(12));
  // A prefix has begun the window already.
  rules.begin_timestamp = false;
  apply_rules(rules, {}, prefixed.view());
  CHECK(prefixed.allowed(12));
  CHECK(prefixed.allowed(kTime + 51));
}
