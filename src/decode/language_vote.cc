#include "decode/language_vote.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "text/languages.h"

namespace sotto {

std::vector<LanguageProbability> rank_languages(const SpecialTokens& special,
                                                const TokenScores& scores) {
  const int first = special.first_language;
  const float total = scores.log_sum_exp(first, first + special.language_count);
  std::vector<LanguageProbability> ranked;
  for (int i = 0; i < special.language_count; ++i) {
    const float p = std::exp(scores[first + i] - total);
    const LanguageProbability language{languages()[i].code, std::isfinite(p) ? p : 0.0f};
    const auto place = std::upper_bound(
        ranked.begin(), ranked.end(), language,
        [](const auto& a, const auto& b) { return a.probability > b.probability; });
    ranked.insert(place, language);
  }
  return ranked;
}

bool LanguageVote::add(std::vector<LanguageProbability> ranked) {
  ranked_ = std::move(ranked);
  leaders_.push_back(ranked_.front());
  sure_ = ranked_.front().probability > threshold_;
  return sure_;
}

LanguageProbability LanguageVote::winner() const {
  if (sure_) return leaders_.back();
  LanguageProbability best;
  int most = 0;
  for (const LanguageProbability& leader : leaders_) {
    int votes = 0;
    LanguageProbability sum{leader.code, 0};
    for (const LanguageProbability& other : leaders_) {
      if (other.code != leader.code) continue;
      ++votes;
      sum.probability = std::max(sum.probability, other.probability);
    }
    if (votes > most) {
      most = votes;
      best = sum;
    }
  }
  return best;
}

}  // namespace sotto
