// The audio of a session at 16 kHz: what was pushed and is not yet consumed; where it listens for
// speech, without the silence that is to be left out.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "audio/resample.h"
#include "base/status.h"
#include "vad/silero.h"
#include "vad/speech_cutter.h"
#include "vad/speech_track.h"

namespace sotto {

class AudioQueue {
 public:
  // To be called before audio comes: listens for speech, shared among the pool's workers. With a
  // cutter all audio is heard as it comes, and silence left out; without, no more of it is heard
  // than answers what is asked below. The model and the pool must outlive the queue.
  void listen(const Silero& model, ThreadPool* pool, std::optional<SpeechCutter> cutter);

  // Mono samples at any rate, the same for the whole queue.
  Status push(std::span<const float> samples, int sample_rate_hz);
  Status finish();
  bool finished() const { return finished_; }

  // Memory for as many samples, so that it does not grow later.
  void reserve(int64_t samples) { samples_.reserve(static_cast<size_t>(samples)); }

  // Samples at 16 kHz so far, those already discarded included, and silence that was left out not.
  int64_t total_samples() const { return first_sample_ + static_cast<int64_t>(samples_.size()); }
  // The first that is not discarded.
  int64_t first_sample() const { return first_sample_; }
  // The samples from `sample` (not discarded) to the end, at most `count`.
  std::span<const float> view(int64_t sample, int64_t count) const;
  // Frees what stands before `sample`, but for what is not heard yet: what comes later is heard
  // behind it.
  void discard_before(int64_t sample);
  // The last sample in (after, end] behind which silence was left out, or might have been; 0 where
  // there is none.
  int64_t last_joint(int64_t after, int64_t end) const {
    return ear_ && ear_->cutter ? ear_->cutter->last_joint(after, end) : 0;
  }

  bool listens() const { return ear_.has_value(); }
  // Listens to two seconds where speech_between() would have to listen; false where it would not,
  // or nobody listens.
  bool hear_for(int64_t begin_samples, int64_t end_samples);
  // SpeechTrack::between, first_between and last_between of the audio that was pushed so far; to be
  // called where somebody listens.
  Speech speech_between(int64_t begin_samples, int64_t end_samples);
  int64_t first_speech(int64_t begin_samples, int64_t end_samples);
  int64_t last_speech(int64_t begin_samples, int64_t end_samples);
  // Where samples of this queue are in the audio that was pushed; none where that is the same.
  const TimeMap* map() const { return ear_ && ear_->cutter ? &ear_->cutter->map() : nullptr; }
  // Samples at 16 kHz of what was pushed, and of that what was listened to.
  int64_t pushed_samples() const { return pushed_samples_; }
  int64_t heard_samples() const { return ear_ ? ear_->heard_samples : 0; }
  // Spent on listening.
  double vad_ms() const { return ear_ ? ear_->spent_ms : 0; }

 private:
  struct Ear {
    SileroStream silero;
    SpeechTrack track;
    std::optional<SpeechCutter> cutter;
    int64_t heard_samples = 0;
    bool ended = false;  // and nothing comes behind them
    double spent_ms = 0;
  };

  void take(size_t already);
  void hear(std::span<const float> samples, bool is_end);
  bool hear_on(int64_t end_samples);

  std::optional<Ear> ear_;
  int64_t pushed_samples_ = 0;
  std::optional<Resampler> resampler_;
  int sample_rate_hz_ = 0;
  bool finished_ = false;
  int64_t first_sample_ = 0;
  std::vector<float> samples_;
};

}  // namespace sotto
