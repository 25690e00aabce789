#include "engine/audio_queue.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "audio/log_mel.h"

namespace sotto {

namespace {

float finite_or_silence(float x) { return std::isfinite(x) ? x : 0.0f; }

}  // namespace

Status AudioQueue::push(std::span<const float> samples, int sample_rate_hz) {
  if (finished_) return Status(Code::kBadState, "push: the audio was already finished");
  if (sample_rate_hz_ == 0) {
    SOTTO_ASSIGN(resampler_, Resampler::create(sample_rate_hz, kSampleRate_hz));
    sample_rate_hz_ = sample_rate_hz;
  }
  if (sample_rate_hz != sample_rate_hz_) {
    return mismatch(Code::kInvalidArgument, "push: sample rate", sample_rate_hz_, sample_rate_hz);
  }
  // One sample that is not a number would spread over the whole filter.
  std::vector<float> clean(samples.begin(), samples.end());
  std::transform(clean.begin(), clean.end(), clean.begin(), finite_or_silence);
  resampler_->push(clean, samples_);
  return {};
}

Status AudioQueue::finish() {
  if (finished_) return Status(Code::kBadState, "finish: the audio was already finished");
  finished_ = true;
  if (resampler_) resampler_->finish(samples_);
  return {};
}

std::span<const float> AudioQueue::view(int64_t sample, int64_t count) const {
  const int64_t first = std::clamp<int64_t>(sample - first_sample_, 0, samples_.size());
  const int64_t available = static_cast<int64_t>(samples_.size()) - first;
  return std::span(samples_).subspan(first, std::clamp<int64_t>(count, 0, available));
}

void AudioQueue::discard_before(int64_t sample) {
  const int64_t count = std::clamp<int64_t>(sample - first_sample_, 0, samples_.size());
  samples_.erase(samples_.begin(), samples_.begin() + count);
  first_sample_ += count;
}

}  // namespace sotto
