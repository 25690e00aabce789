#include "decode/beam.h"

#include <algorithm>
#include <cmath>

#include "decode/probability.h"

namespace sotto {

BeamSearch::BeamSearch(TokenModel& model, ScoreRows& scores, const BeamOptions& options)
    : Search(model, scores),
      options_(options),
      most_ended_(static_cast<size_t>(
          std::max(1L, std::lround(options.patience * static_cast<float>(options.beam_size))))) {}

Status BeamSearch::start() {
  ended_.clear();
  live_.assign(1, {});
  return scores_.rows(options_.beam_size).status();
}

void BeamSearch::choose_first(const TokenScores& scores) {
  candidates_.clear();
  add_candidates(0, scores);
  follow_best();
}

void BeamSearch::add_last(std::vector<int>& tokens) const {
  for (const Hypothesis& h : live_) tokens.push_back(h.tokens.back());
}

void BeamSearch::choose_next(const ScoreTable& scores) {
  candidates_.clear();
  for (int i = 0; i < scores.rows(); ++i) add_candidates(i, scores.row(i));
  follow_best();
}

// One more than there are hypotheses: if all others go on from this one, one may be its end.
void BeamSearch::add_candidates(int source, const TokenScores& scores) {
  const Hypothesis& hypothesis = live_[source];
  apply_rules(*rules_, hypothesis.tokens, scores);
  const float total = scores.log_sum_exp();
  largest_of(scores, options_.beam_size + 1, best_tokens_);
  for (int token : best_tokens_) {
    const float logprob = scores[token] - total;
    const double sum = hypothesis.sum_logprob + (std::isfinite(logprob) ? logprob : 0.0f);
    // The most probable first, the first of equals first.
    const auto place = std::find_if(candidates_.begin(), candidates_.end(),
                                    [&](const Candidate& c) { return c.sum_logprob < sum; });
    candidates_.insert(place, {source, token, sum});
  }
}

void BeamSearch::follow_best() {
  size_t followed = 0;
  sources_.clear();
  next_.resize(options_.beam_size);
  for (const Candidate& candidate : candidates_) {
    if (followed == next_.size()) break;
    const std::vector<int>& tokens = live_[candidate.source].tokens;
    if (candidate.token == rules_->special.end_of_text) {
      if (ended_.size() < most_ended_) ended_.push_back({tokens, candidate.sum_logprob});
      continue;
    }
    Hypothesis& next = next_[followed++];
    next.tokens.assign(tokens.begin(), tokens.end());
    next.tokens.push_back(candidate.token);
    next.sum_logprob = candidate.sum_logprob;
    sources_.push_back(candidate.source);
  }
  next_.resize(followed);
  live_.swap(next_);

  const bool full = !live_.empty() && static_cast<int>(live_[0].tokens.size()) >= max_tokens_;
  if (ended_.size() >= most_ended_ || live_.empty() || full) {
    finish();
    return;
  }
  model_.select(sources_);
  report(live_[0], result_);
}

void BeamSearch::finish() {
  done_ = true;
  const auto enough = static_cast<size_t>(options_.beam_size);
  for (size_t i = 0; i < live_.size() && ended_.size() < enough; ++i) ended_.push_back(live_[i]);
  // Scores that are no numbers leave nothing to follow: the text ends where it was.
  if (ended_.empty()) return;
  report(ended_[best_hypothesis(ended_, options_.length_penalty)], result_);
}

}  // namespace sotto
