// From probabilities, one for each frame of 512 samples, to segments of speech: a pure state
// machine, for whole files and for audio that is still being heard. Equal to silero-vad's
// get_speech_timestamps_from_probs (its use_max_poss_sil_at_max_speech left on).
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "base/status.h"

namespace sotto {

// Names of silero-vad and of faster-whisper's VadOptions ("duration" left out), with the latter's
// defaults: long pauses only are cut, and generously.
struct VadOptions {
  // A frame of at least this probability begins speech.
  double threshold = 0.5;
  // One below this is silence within speech, in between it goes on; max(threshold - 0.15, 0.01)
  // where not given.
  std::optional<double> neg_threshold;
  // Speech that is no longer is thrown away.
  int min_speech_ms = 0;
  // Silence that ends speech.
  int min_silence_ms = 2000;
  // Added before and behind speech, as far as the pause between two allows.
  int speech_pad_ms = 400;
  // Longer speech is cut at its longest pause of more than 98 ms, or where it gets too long.
  double max_speech_s = std::numeric_limits<double>::infinity();
};

// InvalidArgument with the option's name: probabilities are in (0, 1], neg_threshold in (0,
// threshold], times from 0 to an hour, max_speech_s above two frames and twice the padding.
Status validate(const VadOptions& options);

// [start, end) in samples of 16 kHz from the beginning of the audio.
struct SpeechSegment {
  int64_t start_samples = 0;
  int64_t end_samples = 0;
  bool operator==(const SpeechSegment&) const = default;
};

// For one stream of audio. Holds a few numbers, whatever its length.
class SpeechSegmenter {
 public:
  // The error of validate().
  static Result<SpeechSegmenter> create(const VadOptions& options);

  // The next frame's probability.
  void push(float probability);
  // The audio has ended, with this many samples (more than the frames before the last one have, at
  // most those of all). Nothing may be pushed afterwards.
  void finish(int64_t audio_samples);

  // The next segment that nothing can change any more, in their order; none where there is no such
  // yet. A segment is known when the pause behind it is long enough, or the next one has begun.
  std::optional<SpeechSegment> next();

  // Of the segment that next() will give when speech that goes on has ended: where it begins, and
  // up to where it is certain to reach. None while either may change.
  std::optional<SpeechSegment> begun() const;

  // Whether the last frame belongs to speech that has not ended: for those who wait for a pause.
  bool in_speech() const { return start_ >= 0 && silence_start_ < 0; }
  // No segment that next() has not given begins before this sample: audio up to here that is not in
  // segments is silence.
  int64_t decided_samples() const;

 private:
  explicit SpeechSegmenter(const VadOptions& options);
  void hear_speech(int64_t now);
  bool cut_long_speech(int64_t now);
  void hear_silence(int64_t now);
  void end_speech(int64_t end);
  void drop_speech();
  void settle();
  bool is_certain() const;
  int64_t certain_end() const;
  void give(SpeechSegment segment);

  // The options, in samples.
  double threshold_;
  double neg_threshold_;
  int64_t min_speech_;
  int64_t min_silence_;
  int64_t pad_;
  double max_speech_;

  int64_t heard_ = 0;  // samples of all frames
  bool finished_ = false;
  // Speech that goes on: where it began, where the silence began that may end it, how much padding
  // before it is settled already, and its longest pause. -1 where there is none.
  int64_t start_ = -1;
  int64_t silence_start_ = -1;
  int64_t lead_ = -1;
  int64_t pause_start_ = -1;
  int64_t pause_ = 0;

  // Speech that ended, at most a few. The first one's start is final, the rest is not yet padded.
  std::vector<SpeechSegment> ended_;
  std::vector<SpeechSegment> ready_;
  size_t taken_ = 0;      // of these
  int64_t last_end_ = 0;  // of the last segment that became ready
};

// Whole files: all segments of audio that has these probabilities and this many samples.
Result<std::vector<SpeechSegment>> speech_segments(std::span<const float> probabilities,
                                                   int64_t audio_samples,
                                                   const VadOptions& options);

}  // namespace sotto
