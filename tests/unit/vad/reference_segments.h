// The cases of tests/golden/silero/segments.txt, which scripts/golden_vad.py writes and describes.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "unit/support/random.h"
#include "vad/speech_segments.h"

namespace sotto::test {

struct ReferenceCase {
  std::string source;
  std::vector<float> probabilities;
  int64_t audio_samples = 0;
  VadOptions options;
  std::vector<SpeechSegment> segments;
};

// As drawn_probabilities() of the script.
inline std::vector<float> drawn_probabilities(uint64_t seed) {
  Random random(seed);
  constexpr int kLevels[] = {0, 2, 12, 14, 16, 20, 29, 32};
  constexpr int kNoise[] = {1, 1, 3, 9};
  constexpr int kLengths[] = {3, 12, 60};
  std::vector<float> probabilities;
  for (int runs = 2 + random.below(30); runs > 0; --runs) {
    const int level = kLevels[random.below(8)];
    const int noise = kNoise[random.below(4)];
    for (int n = 1 + random.below(kLengths[random.below(3)]); n > 0; --n) {
      const int value = std::min(level + random.below(noise), 32);
      probabilities.push_back(static_cast<float>(value) / 32);
    }
  }
  return probabilities;
}

inline std::vector<float> probabilities_of(const std::string& source) {
  std::istringstream words(source);
  uint64_t seed = 0;
  size_t frames = 0;
  if (words >> seed >> frames) {
    std::vector<float> drawn = drawn_probabilities(seed);
    REQUIRE(drawn.size() == frames);
    return drawn;
  }
  const std::string folder = SOTTO_SOURCE_DIR "/tests/golden/silero/";
  std::ifstream file(folder + source + ".npy", std::ios::binary);
  std::stringstream bytes;
  bytes << file.rdbuf();
  const std::string text = bytes.str();
  // The header of an .npy file of version 1.0 is a multiple of 64 bytes, and 128 for these.
  constexpr size_t kHeader_bytes = 128;
  REQUIRE(text.size() > kHeader_bytes);
  std::vector<float> values((text.size() - kHeader_bytes) / sizeof(float));
  std::copy_n(text.data() + kHeader_bytes, values.size() * sizeof(float),
              reinterpret_cast<char*>(values.data()));
  return values;
}

inline std::vector<ReferenceCase> reference_cases() {
  std::ifstream file(SOTTO_SOURCE_DIR "/tests/golden/silero/segments.txt");
  REQUIRE(file.good());
  std::vector<ReferenceCase> cases;
  for (std::string line; std::getline(file, line);) {
    ReferenceCase& one = cases.emplace_back();
    std::istringstream fields(line);
    std::string neg_threshold, max_speech;
    std::getline(fields, one.source, '\t');
    VadOptions& o = one.options;
    fields >> one.audio_samples >> o.threshold >> neg_threshold >> o.min_speech_ms >>
        o.min_silence_ms >> o.speech_pad_ms >> max_speech;
    REQUIRE(fields.good());
    if (neg_threshold != "-") o.neg_threshold = std::stod(neg_threshold);
    if (max_speech != "inf") o.max_speech_s = std::stod(max_speech);
    char dash = 0;
    for (SpeechSegment s; fields >> s.start_samples >> dash >> s.end_samples;) {
      one.segments.push_back(s);
    }
    one.probabilities = probabilities_of(one.source);
  }
  return cases;
}

}  // namespace sotto::test
