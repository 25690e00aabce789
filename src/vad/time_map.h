// Pieces of audio joined into one, and where each of its moments stands in the original. The
// silence between segments of speech is left out before transcribing; this brings the times back.
#pragma once

#include <cstdint>
#include <vector>

#include "base/status.h"
#include "vad/speech_segments.h"

namespace sotto {

// At a joint a moment is both the end of one piece and the beginning of the next.
enum class Side { kBefore, kBehind };

class TimeMap {
 public:
  // The next piece: InvalidArgument where it is empty or begins before the end of the last one. One
  // that begins there makes the last one longer.
  Status add(SpeechSegment piece);

  const std::vector<SpeechSegment>& pieces() const { return pieces_; }
  int64_t joined_samples() const { return joined_; }

  // Samples of the joined audio to samples of the original. Exact; what lies before the beginning
  // or behind the end goes on from there. Without pieces, the number itself.
  int64_t to_original(int64_t joined_samples, Side side = Side::kBehind) const;
  // The way back; what lies between pieces becomes their joint.
  int64_t to_joined(int64_t original_samples) const;

  // The piece in which a moment of the original lies, else the next one, else the last one. There
  // must be some.
  SpeechSegment piece_of(int64_t original_samples) const;

  // Times in seconds: moved by whole samples and not rounded. Ends of what was said are taken with
  // kBefore, beginnings with kBehind.
  double to_original_s(double joined_s, Side side = Side::kBehind) const;

  struct Interval {
    double start_s = 0;
    double end_s = 0;
  };
  // A word or another interval that must stay as long as it is: moved as a whole with the piece in
  // which its middle lies (as faster-whisper's restore_speech_timestamps).
  Interval to_original_s(Interval joined) const;

 private:
  size_t piece_at(double joined_samples, Side side) const;
  int64_t shift(size_t piece) const { return pieces_[piece].start_samples - joined_start_[piece]; }

  std::vector<SpeechSegment> pieces_;
  std::vector<int64_t> joined_start_;  // of each piece, in the joined audio
  int64_t joined_ = 0;
};

}  // namespace sotto
