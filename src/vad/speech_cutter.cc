#include "vad/speech_cutter.h"

#include <algorithm>

namespace sotto {

Result<SpeechCutter> SpeechCutter::create(const VadOptions& options) {
  SOTTO_ASSIGN(SpeechSegmenter segmenter, SpeechSegmenter::create(options));
  return SpeechCutter(std::move(segmenter));
}

void SpeechCutter::push(std::span<const float> samples) {
  held_.insert(held_.end(), samples.begin(), samples.end());
}

void SpeechCutter::give(SpeechSegment segment, std::vector<float>& kept) {
  // Of speech that goes on, some was given before.
  segment.start_samples = std::max(segment.start_samples, given_);
  // In order and within what is held: add() refuses only what is empty.
  if (!map_.add(segment).ok()) return;
  const auto begin = held_.begin() + (segment.start_samples - first_held_);
  kept.insert(kept.end(), begin, begin + (segment.end_samples - segment.start_samples));
  given_ = segment.end_samples;
}

void SpeechCutter::take(std::vector<float>& kept) {
  while (const std::optional<SpeechSegment> segment = segmenter_.next()) {
    give(*segment, kept);
    joints_.push_back(map_.joined_samples());
  }
  if (const std::optional<SpeechSegment> begun = segmenter_.begun()) give(*begun, kept);
  const int64_t done = std::max(given_, segmenter_.decided_samples()) - first_held_;
  const int64_t count = std::clamp<int64_t>(done, 0, static_cast<int64_t>(held_.size()));
  held_.erase(held_.begin(), held_.begin() + count);
  first_held_ += count;
}

int64_t SpeechCutter::last_joint(int64_t after, int64_t end) const {
  const auto behind = std::upper_bound(joints_.begin(), joints_.end(), end);
  return behind != joints_.begin() && behind[-1] > after ? behind[-1] : 0;
}

void SpeechCutter::forget_joints(int64_t sample) {
  joints_.erase(joints_.begin(), std::upper_bound(joints_.begin(), joints_.end(), sample));
}

void SpeechCutter::finish() { segmenter_.finish(first_held_ + static_cast<int64_t>(held_.size())); }

}  // namespace sotto
