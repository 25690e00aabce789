// What was heard of speech, frame by frame, for whoever asks later whether somebody spoke between
// two moments. Holds a number for each frame that is not forgotten.
#pragma once

#include <cstdint>
#include <vector>

namespace sotto {

enum class Speech {
  kNone,   // not one frame that might be speech
  kMaybe,  // a few, or faint ones: laughter, singing, an instrument
  kSure,
};

class SpeechTrack {
 public:
  // The next frame's probability.
  void add(float probability);
  // The audio has ended, within the last frame or at its end.
  void finish() { finished_ = true; }
  // Forgets frames that end before this sample.
  void discard_before(int64_t sample);

  // Whether somebody speaks in [begin, end), samples from the beginning of the audio. Only frames
  // count that end there or before, so that it does not matter what else was pushed already; those
  // that are forgotten or not yet heard do not.
  Speech between(int64_t begin_samples, int64_t end_samples) const;
  // Where the first frame of it begins that might be speech; `end_samples` where there is none.
  int64_t first_between(int64_t begin_samples, int64_t end_samples) const;
  // Where the last one ends; `begin_samples` where there is none.
  int64_t last_between(int64_t begin_samples, int64_t end_samples) const;

 private:
  int64_t end_frame(int64_t end_samples) const;

  bool finished_ = false;
  int64_t first_frame_ = 0;  // of those in probabilities_
  std::vector<float> probabilities_;
};

}  // namespace sotto
