// Greedy search: the most probable token, one after another, until the end of the text.
// Source: openai-whisper, decoding.py, GreedyDecoder with temperature 0.
#pragma once

#include "decode/search.h"

namespace sotto {

class GreedySearch final : public Search {
 public:
  using Search::Search;

 private:
  Status start() override;
  void choose_first(const TokenScores& scores) override;
  void add_last(std::vector<int>& tokens) const override;
  void choose_next(const ScoreTable& scores) override;

  double sum_logprob_ = 0;
};

}  // namespace sotto
