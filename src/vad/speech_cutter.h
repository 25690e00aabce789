// Leaves the silence of a stream out: samples and their probabilities of speech in, the samples of
// all segments of speech out, joined. Holds no more than what is undecided: with a finite
// max_speech_s the speech that goes on, else the silence that may end it.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "base/status.h"
#include "vad/speech_segments.h"
#include "vad/time_map.h"

namespace sotto {

class SpeechCutter {
 public:
  // The error of validate().
  static Result<SpeechCutter> create(const VadOptions& options);

  // The next samples at 16 kHz, and the probability of each frame that they complete.
  void push(std::span<const float> samples);
  void heard(float probability) { segmenter_.push(probability); }
  // Appends to `kept` what is known to be speech and was not yet given. Must be called after each
  // push, when all of its frames are heard.
  void take(std::vector<float>& kept);
  // The audio has ended and its last frame was heard; take() gives the rest.
  void finish();

  // The last of the samples given, in (after, end], at which a segment of speech ends; 0 where none
  // does. Those up to `sample` are forgotten on demand.
  int64_t last_joint(int64_t after, int64_t end) const;
  void forget_joints(int64_t sample);

  // Where the samples given so far were.
  const TimeMap& map() const { return map_; }

 private:
  explicit SpeechCutter(SpeechSegmenter segmenter) : segmenter_(std::move(segmenter)) {}
  void give(SpeechSegment segment, std::vector<float>& kept);

  SpeechSegmenter segmenter_;
  TimeMap map_;
  std::vector<int64_t> joints_;  // in the samples given
  int64_t given_ = 0;            // up to here
  int64_t first_held_ = 0;       // the sample that held_ begins with
  std::vector<float> held_;
};

}  // namespace sotto
