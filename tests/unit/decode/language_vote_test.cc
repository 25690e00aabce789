#include "decode/language_vote.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "unit/support/scores.h"

using namespace sotto;

namespace {

using Pairs = std::vector<std::pair<std::string_view, float>>;

std::vector<LanguageProbability> ranked(const Pairs& pairs) {
  std::vector<LanguageProbability> out;
  for (const auto& [code, probability] : pairs) out.push_back({code, probability});
  return out;
}

}  // namespace

TEST_CASE("languages: probabilities among the language tokens alone, the most probable first") {
  for (int n_vocab : {51865, 51866}) {
    const SpecialTokens special = special_tokens(n_vocab);
    // What is no language may score as it likes.
    std::vector<float> logits(n_vocab, 50.0f);
    for (int i = 0; i < special.language_count; ++i) logits[special.first_language + i] = 0.0f;
    logits[special.first_language + 2] = 3.0f;                           // de
    logits[special.first_language + special.language_count - 1] = 2.0f;  // su, or yue
    test::OwnScores scores(logits);
    const auto languages = rank_languages(special, scores.view());
    REQUIRE(static_cast<int>(languages.size()) == special.language_count);
    CHECK(languages[0].code == "de");
    CHECK(languages[1].code == (n_vocab == 51866 ? "yue" : "su"));
    const double total = std::exp(3.0) + std::exp(2.0) + special.language_count - 2;
    CHECK(languages[0].probability == doctest::Approx(std::exp(3.0) / total));
    float sum = 0;
    for (const LanguageProbability& one : languages) sum += one.probability;
    CHECK(sum == doctest::Approx(1.0f));
    // Equals stay in the order of Whisper's list.
    CHECK(languages[2].code == "en");
    CHECK(languages[3].code == "zh");
  }
}

TEST_CASE("languages: scores that are no numbers are no probabilities") {
  const SpecialTokens special = special_tokens(51865);
  test::OwnScores scores(std::vector<float>(51865, NAN));
  const auto languages = rank_languages(special, scores.view());
  REQUIRE(languages.size() == 99);
  for (const LanguageProbability& one : languages) CHECK(one.probability == 0.0f);
}

TEST_CASE("languages: the first window that is sure decides") {
  LanguageVote vote(0.5f);
  CHECK(!vote.add(ranked({{"de", 0.5f}, {"en", 0.4f}})));
  CHECK(vote.winner().code == "de");
  CHECK(vote.add(ranked({{"en", 0.51f}, {"de", 0.4f}})));
  CHECK(vote.winner().code == "en");
  CHECK(vote.winner().probability == 0.51f);
  REQUIRE(vote.ranked().size() == 2);
  CHECK(vote.ranked()[1].code == "de");
}

TEST_CASE("languages: where none is sure the one that led most often is taken") {
  LanguageVote vote(0.9f);
  CHECK(!vote.add(ranked({{"fr", 0.8f}})));
  CHECK(!vote.add(ranked({{"de", 0.3f}})));
  CHECK(!vote.add(ranked({{"de", 0.4f}})));
  CHECK(vote.winner().code == "de");
  CHECK(vote.winner().probability == 0.4f);
  // Of equals the one that came first.
  LanguageVote even(0.9f);
  even.add(ranked({{"fr", 0.2f}}));
  even.add(ranked({{"de", 0.8f}}));
  CHECK(even.winner().code == "fr");
}
