// Is it louder than the background? What tells speech from silence where no network does: noise
// that is as loud as speech passes as speech.
#pragma once

#include <span>

namespace sotto {

class LoudnessGate {
 public:
  // The next frame of some 32 ms: whether it stands out.
  bool process(std::span<const float> frame);

 private:
  float floor_ = 0;  // mean square of the background; 0 before the first frame
};

}  // namespace sotto
