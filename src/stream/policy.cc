#include "stream/policy.h"

#include <algorithm>
#include <iterator>

namespace sotto {

namespace {

// Silence of as much may become a pause, with which everything will be heard anyway: two frames of
// voice activity.
constexpr double kShortSilence_s = 0.064;
// Audio that is new to a pass, at least: less tells nothing.
constexpr double kLeastNews_s = 0.2;
// While nobody speaks, voices are looked for as often.
constexpr double kIdle_ms = 50;
// How far the mean of the passes' time follows the last one.
constexpr double kPaceShare = 0.3;
// Words that are remembered to notice loops: three phrases of the longest that are looked for.
constexpr size_t kRecentWords = 24;
// As much voice as has words in it: what is shorter may be a cough.
constexpr double kWordy_s = 1;
// At a cut, how much a pause between words is worth against the end of a sentence.
constexpr double kPauseWorth_per_s = 2;

bool ends_sentence(const std::string& text) {
  return !text.empty() && std::string_view(".!?").find(text.back()) != std::string_view::npos;
}

}  // namespace

void LivePolicy::hear_voice(double from_s, double to_s) {
  if (!open_) {
    open_ = true;
    said_ = false;
    voice_begin_s_ = from_s;
    // What the last utterance said is not heard again.
    from_s_ = std::max({from_s - options_.lead_ms / 1e3, voice_end_s_, 0.0});
    heard_s_ = from_s;
    confirmed_s_ = from_s_;
  }
  voice_end_s_ = to_s;
}

double LivePolicy::covered_s() const {
  if (!open_ || (in_pause() && is_heard() && count_spoken() == 0)) return audio_s_;
  return std::max(confirmed_s_, from_s_);
}

double LivePolicy::needed_from_s() const {
  return open_ ? from_s_ : std::max(voice_end_s_, audio_s_ - options_.lead_ms / 1e3);
}

StreamAction LivePolicy::next(double now_ms) {
  StreamAction action;
  action.until_ms = now_ms + kIdle_ms;
  if (!open_) return action;
  if (in_pause() && is_heard()) {
    if (is_silent_for(options_.settle_ms)) confirm(count_spoken());
    if (is_silent_for(options_.mark_ms)) confirm(tentative_.size());
    if (is_silent_for(options_.utterance_end_ms)) close();
    return action;
  }
  action.from_s = from_s_;
  action.to_s = audio_s_;
  action.pause = in_pause();
  action.full = (audio_s_ - from_s_) * 1e3 >= options_.most_window_ms;
  if (action.pause || action.full) {
    action.kind = StreamAction::Kind::kDecode;
    return action;
  }
  // A pass that began now would be in the way of the one that may be due in a moment.
  if (silence_s() >= kShortSilence_s) {
    action.until_ms = now_ms + options_.pause_ms - silence_s() * 1e3;
    return action;
  }
  const double news_s = audio_s_ - heard_s_;
  const double wait_ms = std::max(due_ms_ - now_ms, (kLeastNews_s - news_s) * 1e3);
  if (wait_ms > 0) {
    action.until_ms = now_ms + wait_ms;
  } else {
    action.kind = StreamAction::Kind::kDecode;
  }
  return action;
}

void LivePolicy::take(const StreamAction& action, std::vector<HeardWord> hypothesis,
                      double began_ms, double pass_ms) {
  set_pace(began_ms, pass_ms);
  heard_s_ = action.to_s;
  hypothesis.resize(length_with_time(hypothesis));
  std::vector<HeardWord> said = recent_;
  std::ranges::copy(hypothesis, std::back_inserter(said));
  hypothesis.resize(length_without_loop(said, recent_.size()) - recent_.size());
  compare(hypothesis);
  tentative_ = std::move(hypothesis);
  const bool settles = action.full || is_silent_for(options_.settle_ms);
  confirm(settles ? count_spoken() : count_certain(action));
  if (action.pause) paused_s_ = std::min(voice_end_s_, action.to_s);
  cut_window(action.to_s);
}

// All but the marks at the end: whether a sentence ends there is known when the speaker goes on, or
// does not.
size_t LivePolicy::count_spoken() const {
  size_t count = tentative_.size();
  while (count > 0 && !is_spoken(tentative_[count - 1])) --count;
  return count;
}

// Punctuation takes no part: it is as certain as the word behind it.
void LivePolicy::compare(const std::vector<HeardWord>& words) {
  std::vector<int> agreements(words.size(), 1);
  size_t before = 0;
  for (size_t i = 0; i < words.size(); ++i) {
    if (!is_spoken(words[i])) continue;
    while (before < tentative_.size() && !is_spoken(tentative_[before])) ++before;
    if (before == tentative_.size()) break;
    if (!is_same_word(words[i].text, tentative_[before].text)) break;
    agreements[i] += agreements_[before++];
  }
  agreements_ = std::move(agreements);
}

bool LivePolicy::is_certain(size_t word, const StreamAction& action) const {
  const HeardWord& heard = tentative_[word];
  const int agreements = agreements_[word];
  if (action.pause && heard.probability >= options_.unsure_probability) return true;
  const double lag_ms = heard.lag_positions * 20.0;
  bool certain = false;
  switch (options_.policy) {
    case StreamPolicy::kAgreement: certain = agreements >= 2; break;
    case StreamPolicy::kAlignAtt: certain = lag_ms >= options_.align_ms; break;
    case StreamPolicy::kBoth: certain = agreements >= 2 && lag_ms >= options_.align_both_ms; break;
  }
  if (heard.probability >= options_.unsure_probability) return certain;
  return certain && (agreements >= options_.unsure_agreements ||
                     (action.to_s - heard.end_s) * 1e3 >= options_.unsure_ms);
}

size_t LivePolicy::count_certain(const StreamAction& action) const {
  int spoken = static_cast<int>(std::ranges::count_if(tentative_, is_spoken));
  size_t count = 0;
  for (size_t i = 0; i < tentative_.size() && spoken > options_.held_back_words; ++i) {
    if (!is_spoken(tentative_[i])) continue;
    if (!is_certain(i, action)) break;
    count = i + 1;
    --spoken;
  }
  return count;
}

// The first words of tentative_.
void LivePolicy::confirm(size_t count) {
  const auto end = tentative_.begin() + static_cast<ptrdiff_t>(count);
  for (auto word = tentative_.begin(); word != end; ++word) {
    // A later pass may hear it earlier than the one before heard the end of the last word.
    word->start_s = std::max(word->start_s, said_until_s_);
    word->end_s = std::max(word->end_s, word->start_s);
    Kept& kept = kept_.emplace_back();
    kept.start_s = word->start_s;
    // A mark stands at the end of the word; its time is the pause.
    kept.end_s = is_spoken(*word) ? word->end_s : word->start_s;
    kept.is_spoken = is_spoken(*word);
    said_ = said_ || kept.is_spoken;
    said_until_s_ = kept.end_s;
    kept.tokens = static_cast<int>(word->tokens.size());
    kept.ends_sentence = ends_sentence(word->text);
    prefix_.insert(prefix_.end(), word->tokens.begin(), word->tokens.end());
    confirmed_s_ = std::max(confirmed_s_, word->end_s);
    recent_.push_back(*word);
    confirmed_.push_back(std::move(*word));
  }
  tentative_.erase(tentative_.begin(), end);
  agreements_.erase(agreements_.begin(), agreements_.begin() + static_cast<ptrdiff_t>(count));
  if (recent_.size() > kRecentWords) recent_.erase(recent_.begin(), recent_.end() - kRecentWords);
}

// Where it is too long, behind the confirmed word that parts the text best: the end of a sentence,
// or before a pause, the last of equals.
void LivePolicy::cut_window(double to_s) {
  const double length_ms = (to_s - from_s_) * 1e3;
  if (length_ms <= options_.window_ms) return;
  size_t best = 0;
  double best_worth = -1;
  for (size_t i = 0; i < kept_.size(); ++i) {
    if ((to_s - kept_[i].end_s) * 1e3 < options_.kept_ms) break;
    // Less would be cut again soon.
    if ((kept_[i].end_s - from_s_) * 1e3 < (options_.window_ms - options_.kept_ms) / 2) continue;
    const double pause_s = i + 1 < kept_.size() ? kept_[i + 1].start_s - kept_[i].end_s : 0;
    const double worth = (kept_[i].ends_sentence ? 1 : 0) + kPauseWorth_per_s * pause_s;
    if (worth >= best_worth) {
      best_worth = worth;
      best = i + 1;
    }
  }
  // A full window was confirmed to its end; where not a word of it lies far enough back, nothing of
  // it is kept.
  const bool is_full = length_ms >= options_.most_window_ms;
  const bool is_wordless = std::ranges::none_of(kept_, &Kept::is_spoken);
  if (best == 0 && is_full) best = kept_.size();
  if (best > 0) {
    from_s_ = kept_[best - 1].end_s;
    forget(best);
  } else if (is_full) {
    from_s_ = to_s;
  }
  if (is_full && is_wordless) forget_context();
}

// The first words of the window are no longer in it.
void LivePolicy::forget(size_t count) {
  ptrdiff_t tokens = 0;
  for (size_t i = 0; i < count; ++i) tokens += kept_[i].tokens;
  kept_.erase(kept_.begin(), kept_.begin() + static_cast<ptrdiff_t>(count));
  context_.insert(context_.end(), prefix_.begin(), prefix_.begin() + tokens);
  prefix_.erase(prefix_.begin(), prefix_.begin() + tokens);
  const auto most = static_cast<size_t>(options_.context_tokens);
  if (context_.size() > most) context_.erase(context_.begin(), context_.end() - most);
}

// Where there is voice and no word, it may be the text before it that the model goes on with: it
// would be told it for ever.
void LivePolicy::forget_context() { context_.clear(); }

void LivePolicy::set_pace(double began_ms, double pass_ms) {
  const double share = mean_pass_ms_ == 0 ? 1 : kPaceShare;
  mean_pass_ms_ += share * (pass_ms - mean_pass_ms_);
  step_ms_ = std::max(options_.step_ms, mean_pass_ms_ / options_.most_share);
  due_ms_ = began_ms + std::max(step_ms_, pass_ms);
}

void LivePolicy::close() {
  recent_.clear();
  forget(kept_.size());
  if (!said_ && voice_end_s_ - voice_begin_s_ >= kWordy_s) forget_context();
  open_ = false;
  ended_ = true;
}

}  // namespace sotto
