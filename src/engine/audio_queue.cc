#include "engine/audio_queue.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "audio/log_mel.h"
#include "base/clock.h"

namespace sotto {

namespace {

float finite_or_silence(float x) { return std::isfinite(x) ? x : 0.0f; }

}  // namespace

void AudioQueue::listen(const Silero& model, ThreadPool* pool, std::optional<SpeechCutter> cutter) {
  ear_.emplace(SileroStream(model, pool), SpeechTrack(), std::move(cutter));
}

void AudioQueue::on_frame(float probability) {
  ear_->track.add(probability);
  if (ear_->cutter) ear_->cutter->heard(probability);
}

// What stands behind the samples that were there already is new. Silence among it goes away again.
void AudioQueue::hear(size_t already) {
  const std::span<const float> fresh = std::span<const float>(samples_).subspan(already);
  heard_samples_ += static_cast<int64_t>(fresh.size());
  if (!ear_) return;
  const double begin_ms = now_ms();
  const auto on_frame = [this](float probability) { this->on_frame(probability); };
  ear_->silero.push(fresh, on_frame);
  if (finished_) {
    ear_->silero.finish(on_frame);
    ear_->track.finish();
  }
  if (ear_->cutter) {
    ear_->cutter->push(fresh);
    if (finished_) ear_->cutter->finish();
    samples_.resize(already);
    ear_->cutter->take(samples_);
  }
  ear_->spent_ms += now_ms() - begin_ms;
}

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
  const size_t already = samples_.size();
  resampler_->push(clean, samples_);
  hear(already);
  return {};
}

Status AudioQueue::finish() {
  if (finished_) return Status(Code::kBadState, "finish: the audio was already finished");
  finished_ = true;
  const size_t already = samples_.size();
  if (resampler_) resampler_->finish(samples_);
  hear(already);
  return {};
}

std::span<const float> AudioQueue::view(int64_t sample, int64_t count) const {
  const int64_t first = std::clamp<int64_t>(sample - first_sample_, 0, samples_.size());
  const int64_t available = static_cast<int64_t>(samples_.size()) - first;
  return std::span(samples_).subspan(first, std::clamp<int64_t>(count, 0, available));
}

void AudioQueue::discard_before(int64_t sample) {
  const int64_t count = std::clamp<int64_t>(sample - first_sample_, 0, samples_.size());
  if (count == 0) return;
  samples_.erase(samples_.begin(), samples_.begin() + count);
  first_sample_ += count;
  if (!ear_) return;
  if (ear_->cutter) ear_->cutter->forget_joints(sample);
  const TimeMap* joined = map();
  ear_->track.discard_before(joined != nullptr ? joined->to_original(sample) : sample);
}

}  // namespace sotto
