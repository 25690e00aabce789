#include "vad/loudness_gate.h"

#include <algorithm>

namespace sotto {

namespace {

// Mean squares. Full scale is 1: below -60 dB nobody speaks into a microphone.
constexpr float kLeast = 1e-6f;
// Speech stands 10 dB above the background, and more.
constexpr float kAbove = 10.0f;
// The background follows what is quieter at once, and what is louder by 0.1 dB a frame, 3 dB a
// second: a voice does not raise it before it pauses for breath.
constexpr float kRise = 1.023f;

}  // namespace

bool LoudnessGate::process(std::span<const float> frame) {
  if (frame.empty()) return false;
  float sum = 0;
  for (const float x : frame) sum += x * x;
  const float loudness = sum / static_cast<float>(frame.size());
  floor_ = floor_ == 0 ? loudness : std::min(floor_ * kRise, loudness);
  floor_ = std::max(floor_, kLeast / kAbove);
  return loudness > kAbove * floor_;
}

}  // namespace sotto
