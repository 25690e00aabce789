#include "vad/loudness_gate.h"

#include <doctest/doctest.h>

#include <vector>

#include "unit/support/random.h"

namespace sotto::test {

namespace {

std::vector<float> frame(float loudness, Random& random) {
  return random.floats(512, -loudness, loudness);
}

}  // namespace

TEST_CASE("what stands out of the background passes, whatever the background is") {
  for (const float background : {0.0f, 0.0005f, 0.01f}) {
    Random random(1);
    LoudnessGate gate;
    for (int i = 0; i < 50; ++i) CHECK(!gate.process(frame(background, random)));
    for (int i = 0; i < 20; ++i) CHECK(gate.process(frame(0.2f, random)));
    for (int i = 0; i < 50; ++i) CHECK(!gate.process(frame(background, random)));
  }
}

TEST_CASE("noise that stays becomes the background within seconds") {
  Random random(1);
  LoudnessGate gate;
  for (int i = 0; i < 10; ++i) gate.process(frame(0.001f, random));
  CHECK(gate.process(frame(0.03f, random)));
  // 30 dB, of which 10 may stay, at 0.1 dB a frame.
  for (int i = 0; i < 210; ++i) gate.process(frame(0.03f, random));
  CHECK(!gate.process(frame(0.03f, random)));
}

TEST_CASE("silence and nothing are no voice") {
  LoudnessGate gate;
  CHECK(!gate.process({}));
  const std::vector<float> silence(512, 0.0f);
  for (int i = 0; i < 1000; ++i) CHECK(!gate.process(silence));
}

}  // namespace sotto::test
