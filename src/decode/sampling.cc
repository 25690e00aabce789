#include "decode/sampling.h"

#include <algorithm>
#include <cmath>

#include "decode/probability.h"
#include "kernels/log_sum_exp.h"
#include "kernels/maximum.h"

namespace sotto {

namespace {

// Elements whose probabilities are added at a time; only one such block is then looked through.
constexpr int kBlock = 512;

}  // namespace

void scale_logits(std::span<float> logits, float temperature) {
  const float factor = 1.0f / temperature;
  for (float& x : logits) x *= factor;
}

int draw_token(std::span<const float> scaled, RandomNumbers& random) {
  const int n = static_cast<int>(scaled.size());
  const float largest = max_f32(scaled.data(), n);
  if (!std::isfinite(largest)) return arg_max(scaled);
  const auto block_sum = [&](int first) {
    return static_cast<double>(
        sum_exp_f32(scaled.data() + first, std::min(kBlock, n - first), largest));
  };
  double total = 0;
  for (int first = 0; first < n; first += kBlock) total += block_sum(first);

  double left = random.fraction() * total;
  int token = -1;
  for (int first = 0; first < n; first += kBlock) {
    const double sum = block_sum(first);
    if (left >= sum && first + kBlock < n) {
      left -= sum;
      continue;
    }
    for (int i = first; i < std::min(first + kBlock, n); ++i) {
      const double p = std::exp(static_cast<double>(scaled[i]) - static_cast<double>(largest));
      if (!(p > 0)) continue;
      token = i;
      left -= p;
      if (left < 0) return token;
    }
  }
  // What rounding left over belongs to the last that was possible.
  return token >= 0 ? token : arg_max(scaled);
}

Status SampleSearch::start() {
  hypotheses_.assign(options_.best_of, {});
  live_.clear();
  result_.temperature = temperature_;
  return scores_.rows(options_.best_of).status();
}

void SampleSearch::choose_first(const TokenScores& scores) {
  const float total = prepare(hypotheses_[0], scores);
  sources_.clear();
  for (int i = 0; i < options_.best_of; ++i) {
    if (!draw(scores.values(), total, hypotheses_[i])) continue;
    live_.push_back(i);
    sources_.push_back(0);
  }
  go_on();
}

void SampleSearch::add_last(std::vector<int>& tokens) const {
  for (int i : live_) tokens.push_back(hypotheses_[i].tokens.back());
}

void SampleSearch::choose_next(const ScoreTable& scores) {
  sources_.clear();
  for (int r = 0; r < scores.rows(); ++r) {
    const TokenScores row = scores.row(r);
    Hypothesis& hypothesis = hypotheses_[live_[r]];
    const float total = prepare(hypothesis, row);
    if (!draw(row.values(), total, hypothesis)) continue;
    live_[sources_.size()] = live_[r];
    sources_.push_back(r);
  }
  live_.resize(sources_.size());
  go_on();
}

float SampleSearch::prepare(const Hypothesis& hypothesis, const TokenScores& scores) {
  apply_rules(*rules_, hypothesis.tokens, scores);
  const float total = scores.log_sum_exp();
  scale_logits(scores.values(), temperature_);
  return total;
}

bool SampleSearch::draw(std::span<const float> scaled, float total, Hypothesis& hypothesis) {
  const int end_of_text = rules_->special.end_of_text;
  int token = draw_token(scaled, random_);
  // Scores that are no numbers leave nothing to choose: the text ends.
  if (token < 0) token = end_of_text;
  // Temperature changes what is drawn and not how probable it was.
  const float logprob = scaled[token] * temperature_ - total;
  hypothesis.sum_logprob += std::isfinite(logprob) ? logprob : 0.0f;
  if (token == end_of_text) return false;
  hypothesis.tokens.push_back(token);
  return true;
}

void SampleSearch::go_on() {
  report(hypotheses_[best_hypothesis(hypotheses_, options_.length_penalty)], result_);
  done_ = live_.empty() || static_cast<int>(hypotheses_[live_[0]].tokens.size()) >= max_tokens_;
  if (!done_) model_.select(sources_);
}

}  // namespace sotto
