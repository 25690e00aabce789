// A model of a search whose scores are a function of the text so far, written down in the test.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "decode/search.h"
#include "unit/support/scores.h"

namespace sotto::test {

// 256 ordinary tokens, and Whisper's specials and timestamps.
inline constexpr int kScriptVocab = 1864;

class ScriptedModel final : public TokenModel {
 public:
  // Scores of some tokens to follow `text`, which begins behind the prompt; others are impossible.
  using Script = std::function<std::map<int, float>(const std::vector<int>& text)>;

  explicit ScriptedModel(Script script, int prompt_tokens = 1)
      : script_(std::move(script)), prompt_tokens_(prompt_tokens) {}

  int n_vocab() const override { return kScriptVocab; }
  int capacity_tokens() const override { return 448; }
  void keep(int tokens) override {
    texts_.resize(1);
    REQUIRE(tokens <= int(texts_[0].size()));
    texts_[0].resize(tokens);
    if (tokens == 0) ++clears;
  }
  Status feed(std::span<const int> tokens) override {
    REQUIRE(texts_.size() == 1);
    fed = int(texts_[0].size());
    texts_[0].insert(texts_[0].end(), tokens.begin(), tokens.end());
    rows_ = int(tokens.size());
    successive_ = true;
    return {};
  }
  Status step(std::span<const int> tokens) override {
    REQUIRE(tokens.size() == texts_.size());
    for (size_t i = 0; i < tokens.size(); ++i) texts_[i].push_back(tokens[i]);
    rows_ = int(tokens.size());
    most_rows = std::max(most_rows, rows_);
    successive_ = false;
    if (++steps == fail_at_step) return Status(Code::kOutOfMemory, "scripted: no memory");
    return {};
  }
  void select(std::span<const int> sources) override {
    REQUIRE(!sources.empty());
    std::vector<std::vector<int>> chosen;
    for (int source : sources) chosen.push_back(texts_.at(source));
    texts_ = std::move(chosen);
  }
  void score(int first, const ScoreTable& scores) override {
    REQUIRE(first + scores.rows() <= rows_);
    for (int r = 0; r < scores.rows(); ++r) {
      std::vector<int> text = texts_[successive_ ? 0 : first + r];
      // A row within the prompt sees what is before it.
      if (successive_) text.resize(fed + first + r + 1);
      text.erase(text.begin(), text.begin() + std::min<size_t>(text.size(), prompt_tokens_));
      const TokenScores row = scores.row(r);
      std::fill_n(row.values().begin(), kScriptVocab, -INFINITY);
      for (const auto& [token, score] : script_(text)) row.values()[token] = score;
      row.sum_up(0, kScriptVocab);
    }
  }

  int clears = 0;
  int steps = 0;
  int most_rows = 0;
  int fail_at_step = 0;
  int fed = 0;

 private:
  Script script_;
  int prompt_tokens_;
  int rows_ = 0;
  bool successive_ = true;
  std::vector<std::vector<int>> texts_ = {{}};
};

// Rules that leave every token of the script as it is.
inline LogitsRules no_rules() {
  LogitsRules rules;
  rules.special = special_tokens(kScriptVocab);
  rules.timestamps = false;
  return rules;
}

inline const int kEnd = special_tokens(kScriptVocab).end_of_text;

struct Scores {
  OwnScores row{kScriptVocab};
  ScoreRows rows{row.table()};
};

// Steps to the end.
template <class AnySearch>
void search_all(AnySearch& search, const LogitsRules& rules, int max_tokens = 20,
                const Prompt& prompt = {{special_tokens(kScriptVocab).sot}, 0}) {
  const Status begun = search.begin(prompt, rules, max_tokens);
  REQUIRE_MESSAGE(begun.ok(), begun.message());
  for (int i = 0; i < 10000; ++i) {
    const Result<bool> finished = search.step();
    REQUIRE_MESSAGE(finished.ok(), finished.status().message());
    if (finished.value()) return;
  }
  FAIL("the search does not end");
}

}  // namespace sotto::test
