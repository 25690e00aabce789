// Greedy search that is given what the text will probably be: a draft, of which one pass of the
// decoder checks many tokens at once. What comes out is what GreedySearch would choose token by
// token; a draft that fits makes it several times as fast. A text that another search found is told
// in the same way what its tokens' probabilities and queries are.
// Source: Leviathan et al., Fast Inference from Transformers via Speculative Decoding (2023), with
// the last hypothesis about the same audio in place of a smaller model.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/status.h"
#include "decode/probability.h"
#include "decode/search.h"
#include "model/decoder.h"
#include "model/query_tap.h"

namespace sotto {

struct DraftResult {
  std::vector<int> tokens;         // chosen behind the prompt, without the end of text
  std::vector<float> probability;  // of each
  float avg_logprob = 0;           // as DecodedWindow's
  float no_speech_prob = 0;
};

// One window at a time. Borrows all it is given.
class DraftSearch {
 public:
  // Rows of the vocabulary's scores at a time: they share a reading of its matrix, and take little
  // memory (1.6 MB).
  static constexpr int kScoreRows = 8;

  DraftSearch(Decoder& decoder, KvCache& past, const CrossCache& audio, ScoreRows& scores)
      : decoder_(decoder), past_(past), audio_(audio), scores_(scores) {}

  // Chooses at most `max_tokens`, fewer where prompt, draft and they would not fit into `tap`,
  // which keeps the queries of every token whose successor was chosen, or into the context. Errors
  // of the decoder.
  Status run(const Prompt& prompt, std::span<const int> draft, const LogitsRules& rules,
             int max_tokens, QueryTap& tap);
  // The same for `text`, which another search has chosen behind the same prompt since run(): what
  // it left in the cache but for the prompt is overwritten. What there is no room for is left out;
  // no_speech_prob stays as it was.
  Status follow(const Prompt& prompt, std::span<const int> text, const LogitsRules& rules,
                QueryTap& tap);
  const DraftResult& result() const { return result_; }

 private:
  int room(const Prompt& prompt, const QueryTap& tap) const;
  void begin(const Prompt& prompt, std::span<const int> text);
  Status search(const Prompt& prompt, const LogitsRules& rules, int max_tokens, QueryTap& tap);
  Status feed(const Prompt& prompt, const LogitsRules& rules, int max_tokens);
  bool choose(const TokenScores& scores, const LogitsRules& rules, int max_tokens);
  Choice next(const TokenScores& scores, const SpecialTokens& special) const;

  Decoder& decoder_;
  KvCache& past_;
  const CrossCache& audio_;
  ScoreRows& scores_;

  std::vector<int> tokens_;  // prompt, what was chosen, and what is left of the draft
  double sum_logprob_ = 0;
  bool done_ = false;
  std::optional<std::span<const int>> given_;  // what is chosen, whatever the scores
  DraftResult result_;
};

}  // namespace sotto
