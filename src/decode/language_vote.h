// Which language is spoken, from the scores that follow <|startoftranscript|>.
// Source: faster-whisper, transcribe.py, detect_language; openai-whisper, decoding.py,
// detect_language.
#pragma once

#include <string_view>
#include <vector>

#include "model/token_scores.h"
#include "text/special_tokens.h"

namespace sotto {

struct LanguageProbability {
  std::string_view code;  // such as "en"
  float probability = 0;
};

// Probabilities among the languages that the model knows, by the scores of its vocabulary: the most
// probable first, and of equals the first of text/languages.h.
std::vector<LanguageProbability> rank_languages(const SpecialTokens& special,
                                                const TokenScores& scores);

// One window after another, until one is sure or there are no more.
class LanguageVote {
 public:
  // Sure is who is more probable than `threshold`.
  explicit LanguageVote(float threshold) : threshold_(threshold) {}

  // True where this window decides.
  bool add(std::vector<LanguageProbability> ranked);

  // The language of the sure window, else the one that led in most windows, and its probability
  // where it led by most. Only after add().
  LanguageProbability winner() const;
  // Of all languages, in the last window.
  const std::vector<LanguageProbability>& ranked() const { return ranked_; }

 private:
  float threshold_;
  bool sure_ = false;
  std::vector<LanguageProbability> leaders_;  // of each window
  std::vector<LanguageProbability> ranked_;
};

}  // namespace sotto
