#include "vad/speech_segments.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "base/decimal.h"

namespace sotto {
namespace {

constexpr int64_t kFrame_samples = 512;
constexpr int64_t kSamplesPerMs = 16;
// Pauses that are no longer are not where long speech is cut: min_silence_at_max_speech.
constexpr int64_t kLeastPause_samples = 98 * kSamplesPerMs;
// neg_threshold where none is given: this much below the threshold, and no lower than that.
constexpr double kHysteresis = 0.15;
constexpr double kLeastNegThreshold = 0.01;
constexpr int kMostTime_ms = 3'600'000;

Status check_probability(const char* name, double value, double most) {
  if (value > 0 && value <= most) return {};
  return mismatch(Code::kInvalidArgument, name, "above 0, at most " + decimal(most),
                  decimal(value));
}

Status check_time(const char* name, int value_ms) {
  if (value_ms >= 0 && value_ms <= kMostTime_ms) return {};
  return mismatch(Code::kInvalidArgument, name, "0 to " + std::to_string(kMostTime_ms),
                  std::to_string(value_ms));
}

}  // namespace

Status validate(const VadOptions& options) {
  SOTTO_TRY(check_probability("threshold", options.threshold, 1));
  if (options.neg_threshold) {
    SOTTO_TRY(check_probability("neg_threshold", *options.neg_threshold, options.threshold));
  }
  SOTTO_TRY(check_time("min_speech_ms", options.min_speech_ms));
  SOTTO_TRY(check_time("min_silence_ms", options.min_silence_ms));
  SOTTO_TRY(check_time("speech_pad_ms", options.speech_pad_ms));
  const double least_s =
      static_cast<double>(kFrame_samples + options.speech_pad_ms * kSamplesPerMs) / 8000;
  if (options.max_speech_s > least_s) return {};
  return mismatch(Code::kInvalidArgument, "max_speech_s", "above " + decimal(least_s),
                  decimal(options.max_speech_s));
}

SpeechSegmenter::SpeechSegmenter(const VadOptions& options)
    : threshold_(options.threshold),
      neg_threshold_(options.neg_threshold.value_or(
          std::max(options.threshold - kHysteresis, kLeastNegThreshold))),
      min_speech_(options.min_speech_ms * kSamplesPerMs),
      min_silence_(options.min_silence_ms * kSamplesPerMs),
      pad_(options.speech_pad_ms * kSamplesPerMs),
      max_speech_(16000 * options.max_speech_s - static_cast<double>(kFrame_samples + 2 * pad_)) {
  // More than ever wait at a time, if what is ready is taken.
  ended_.reserve(4);
  ready_.reserve(4);
}

Result<SpeechSegmenter> SpeechSegmenter::create(const VadOptions& options) {
  SOTTO_TRY(validate(options));
  return SpeechSegmenter(options);
}

void SpeechSegmenter::push(float probability) {
  const int64_t now = heard_;
  heard_ += kFrame_samples;
  const double p = probability;
  const bool was_speech = start_ >= 0;
  if (p >= threshold_) hear_speech(now);
  // The frame that begins speech ends nothing.
  if (was_speech && !cut_long_speech(now) && p < neg_threshold_) hear_silence(now);
  settle();
}

void SpeechSegmenter::hear_speech(int64_t now) {
  if (start_ < 0) {
    start_ = now;
  } else if (silence_start_ >= 0) {
    const int64_t pause = now - silence_start_;
    if (pause > kLeastPause_samples && pause > pause_) {
      pause_start_ = silence_start_;
      pause_ = pause;
    }
    silence_start_ = -1;
  }
}

// True where speech has ended, whatever this frame is.
bool SpeechSegmenter::cut_long_speech(int64_t now) {
  if (!(static_cast<double>(now - start_) > max_speech_)) return false;
  if (pause_ == 0) {
    end_speech(now);
    return true;
  }
  const int64_t after_pause = pause_start_ + pause_;
  end_speech(pause_start_);
  start_ = after_pause;
  return false;
}

void SpeechSegmenter::hear_silence(int64_t now) {
  if (silence_start_ < 0) silence_start_ = now;
  if (now - silence_start_ < min_silence_) return;
  if (silence_start_ - start_ > min_speech_) {
    end_speech(silence_start_);
  } else {
    drop_speech();
  }
}

void SpeechSegmenter::end_speech(int64_t end) {
  // Behind another that waits for its end, how the pause is shared is settled with it.
  const int64_t lead = !ended_.empty() ? 0 : lead_ >= 0 ? lead_ : pad_;
  ended_.push_back({std::max<int64_t>(start_ - lead, 0), end});
  drop_speech();
}

void SpeechSegmenter::drop_speech() {
  start_ = silence_start_ = lead_ = pause_start_ = -1;
  pause_ = 0;
}

// Speech that goes on will not end before its silence began, or else before the last frame: the
// audio may end within that.
int64_t SpeechSegmenter::certain_end() const {
  return silence_start_ >= 0 ? silence_start_ : heard_ - kFrame_samples;
}

// Whether it will become a segment, however it goes on.
bool SpeechSegmenter::is_certain() const {
  return start_ >= 0 && certain_end() - start_ > min_speech_;
}

std::optional<SpeechSegment> SpeechSegmenter::begun() const {
  if (!is_certain() || !ended_.empty() || taken_ < ready_.size()) return std::nullopt;
  const int64_t start = std::max<int64_t>(start_ - (lead_ >= 0 ? lead_ : pad_), 0);
  // When it gets too long, it is cut at a pause, at this one or a later one.
  const bool may_be_cut = pause_ > 0 && std::isfinite(max_speech_);
  const int64_t end = may_be_cut ? std::min(pause_start_, certain_end()) : certain_end();
  return SpeechSegment{start, end};
}

// Gives what nothing can change. Two segments share the pause between them where that is shorter
// than the padding of both.
void SpeechSegmenter::settle() {
  size_t settled = 0;
  for (; settled < ended_.size(); ++settled) {
    SpeechSegment& segment = ended_[settled];
    SpeechSegment* next = settled + 1 < ended_.size() ? &ended_[settled + 1] : nullptr;
    // The next one may begin with the next frame at the earliest, but the audio may end before.
    const int64_t next_start = next != nullptr ? next->start_samples
                               : start_ >= 0   ? start_
                                               : heard_ - kFrame_samples;
    const int64_t pause = next_start - segment.end_samples;
    int64_t pad = pad_;
    if (pause < 2 * pad_) {
      if (next == nullptr && !is_certain()) break;
      pad = pause / 2;
      if (next == nullptr) lead_ = pad;
    }
    if (next != nullptr) next->start_samples -= pad;
    segment.end_samples += pad;
    give(segment);
  }
  ended_.erase(ended_.begin(), ended_.begin() + static_cast<ptrdiff_t>(settled));
}

void SpeechSegmenter::give(SpeechSegment segment) {
  if (taken_ == ready_.size()) {
    ready_.clear();
    taken_ = 0;
  }
  ready_.push_back(segment);
  last_end_ = segment.end_samples;
}

void SpeechSegmenter::finish(int64_t audio_samples) {
  if (start_ >= 0 && audio_samples - start_ > min_speech_) end_speech(audio_samples);
  drop_speech();
  settle();
  // The last one has no neighbour.
  for (SpeechSegment segment : ended_) {
    segment.end_samples = std::min(segment.end_samples + pad_, audio_samples);
    give(segment);
  }
  ended_.clear();
  heard_ = audio_samples;
  finished_ = true;
}

std::optional<SpeechSegment> SpeechSegmenter::next() {
  if (taken_ == ready_.size()) return std::nullopt;
  return ready_[taken_++];
}

int64_t SpeechSegmenter::decided_samples() const {
  if (taken_ < ready_.size()) return ready_[taken_].start_samples;
  if (!ended_.empty()) return ended_.front().start_samples;
  if (finished_) return heard_;
  // The last frame may be one that the audio does not fill.
  const int64_t earliest = start_ >= 0 ? start_ - pad_ : heard_ - std::max(pad_, kFrame_samples);
  return std::max(last_end_, earliest);
}

Result<std::vector<SpeechSegment>> speech_segments(std::span<const float> probabilities,
                                                   int64_t audio_samples,
                                                   const VadOptions& options) {
  SOTTO_ASSIGN(SpeechSegmenter segmenter, SpeechSegmenter::create(options));
  const auto frames = (audio_samples + kFrame_samples - 1) / kFrame_samples;
  if (audio_samples < 0 || frames != static_cast<int64_t>(probabilities.size())) {
    return mismatch(Code::kInvalidArgument, "probabilities",
                    "one for each 512 of " + std::to_string(audio_samples) + " samples",
                    std::to_string(probabilities.size()));
  }
  std::vector<SpeechSegment> segments;
  const auto take = [&] {
    while (const std::optional<SpeechSegment> segment = segmenter.next()) {
      segments.push_back(*segment);
    }
  };
  for (const float probability : probabilities) {
    segmenter.push(probability);
    take();
  }
  segmenter.finish(audio_samples);
  take();
  return segments;
}

}  // namespace sotto
