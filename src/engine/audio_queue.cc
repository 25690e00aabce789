#include "engine/audio_queue.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "audio/log_mel.h"
#include "base/clock.h"

namespace sotto {

namespace {

// Two seconds: fewer frames gain little by a second worker, which sleeps in between.
constexpr int64_t kPiece_samples = 64 * kVadFrame_samples;

float finite_or_silence(float x) { return std::isfinite(x) ? x : 0.0f; }

}  // namespace

void AudioQueue::listen(const Silero& model, ThreadPool* pool, std::optional<SpeechCutter> cutter) {
  ear_.emplace(SileroStream(model, pool), SpeechTrack(), std::move(cutter));
}

void AudioQueue::hear(std::span<const float> samples, bool is_end) {
  const double begin_ms = now_ms();
  const auto on_frame = [this](float probability) {
    ear_->track.add(probability);
    if (ear_->cutter) ear_->cutter->heard(probability);
  };
  ear_->silero.push(samples, on_frame);
  ear_->heard_samples += static_cast<int64_t>(samples.size());
  if (is_end) {
    ear_->silero.finish(on_frame);
    ear_->track.finish();
    ear_->ended = true;
  }
  ear_->spent_ms += now_ms() - begin_ms;
}

// Hears a piece more where something up to `end_samples` was not heard yet; false where nothing
// was.
bool AudioQueue::hear_on(int64_t end_samples) {
  const int64_t heard = ear_->heard_samples, all = pushed_samples_;
  // The last frame of all counts where the one before it ends (SpeechTrack).
  const int64_t frames = (all + kVadFrame_samples - 1) / kVadFrame_samples;
  const bool ends = finished_ && end_samples / kVadFrame_samples + 1 >= frames;
  if (ends ? ear_->ended : heard >= std::min(end_samples, all)) return false;
  const auto piece = view(heard, kPiece_samples);
  hear(piece, finished_ && heard + static_cast<int64_t>(piece.size()) == all);
  return true;
}

bool AudioQueue::hear_for(int64_t begin_samples, int64_t end_samples) {
  if (!ear_ || ear_->track.between(begin_samples, end_samples) == Speech::kSure) return false;
  return hear_on(end_samples);
}

Speech AudioQueue::speech_between(int64_t begin_samples, int64_t end_samples) {
  while (hear_for(begin_samples, end_samples)) {
  }
  return ear_->track.between(begin_samples, end_samples);
}

int64_t AudioQueue::first_speech(int64_t begin_samples, int64_t end_samples) {
  int64_t first = ear_->track.first_between(begin_samples, end_samples);
  while (first == end_samples && hear_on(end_samples)) {
    first = ear_->track.first_between(begin_samples, end_samples);
  }
  return first;
}

int64_t AudioQueue::last_speech(int64_t begin_samples, int64_t end_samples) {
  while (hear_on(end_samples)) {
  }
  return ear_->track.last_between(begin_samples, end_samples);
}

// What stands behind the samples that were there already is new. Silence among it goes away again.
void AudioQueue::take(size_t already) {
  const std::span<const float> fresh = std::span<const float>(samples_).subspan(already);
  pushed_samples_ += static_cast<int64_t>(fresh.size());
  if (!ear_ || !ear_->cutter) return;
  hear(fresh, finished_);
  ear_->cutter->push(fresh);
  if (finished_) ear_->cutter->finish();
  samples_.resize(already);
  ear_->cutter->take(samples_);
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
  take(already);
  return {};
}

Status AudioQueue::finish() {
  if (finished_) return Status(Code::kBadState, "finish: the audio was already finished");
  finished_ = true;
  const size_t already = samples_.size();
  if (resampler_) resampler_->finish(samples_);
  take(already);
  return {};
}

std::span<const float> AudioQueue::view(int64_t sample, int64_t count) const {
  const int64_t first = std::clamp<int64_t>(sample - first_sample_, 0, samples_.size());
  const int64_t available = static_cast<int64_t>(samples_.size()) - first;
  return std::span(samples_).subspan(first, std::clamp<int64_t>(count, 0, available));
}

void AudioQueue::discard_before(int64_t sample) {
  if (ear_ && !ear_->cutter) sample = std::min(sample, ear_->heard_samples);
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
