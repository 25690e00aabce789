// Where a window is cut by its words, and what of it is invented where nobody speaks.
// Source: openai-whisper, transcribe.py, hallucination_silence_threshold.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "decode/word_times.h"

namespace sotto {

// Words that are improbable, very short or very long, as far as the first eight tell; punctuation
// does not count. False without words.
bool is_anomalous(const SpokenSegment& segment);

// Where the last word of a window ends; without words, where its last segment does. There is one.
double spoken_end_s(std::span<const SpokenSegment> segments);

// A window, in seconds of the audio.
struct SpokenWindow {
  double begin_s = 0;
  double audio_end_s = 0;    // where its audio ends, at most 30 s after its beginning
  double total_s = 0;        // where all the audio ends; far away where that is not known
  double last_speech_s = 0;  // where the words of the windows before end
  double next_s = 0;         // where the next window begins by timestamps alone
  bool lone_ending = false;  // as in WindowCut
};

struct WordCut {
  size_t kept = 0;    // segments, from the first
  double next_s = 0;  // where the next window begins
  bool again =
      false;  // nothing is kept: the window began with silence, and what follows is heard anew
};

// What of a window is kept, and where the next one begins: after the last whole word. With a
// threshold, an anomalous segment is given up where there is silence of more than that before it,
// and silence, another such segment or the end of the window behind it; the next window then begins
// with it, after the silence.
WordCut cut_by_words(std::span<const SpokenSegment> segments, const SpokenWindow& window,
                     std::optional<float> silence_threshold_s);

}  // namespace sotto
