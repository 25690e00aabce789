#include "vad/speech_track.h"

#include <doctest/doctest.h>

#include <string>

namespace sotto {
namespace {

constexpr int64_t kFrame = 512;

// A character a frame: silence, faint (0.4), clear (0.99).
SpeechTrack track_of(const std::string& frames) {
  SpeechTrack track;
  for (const char c : frames) track.add(c == '#' ? 0.99f : c == '+' ? 0.4f : 0.3f);
  return track;
}

TEST_CASE("speech_track: silence, perhaps, and speech") {
  const auto all = [](const std::string& frames) {
    return track_of(frames).between(0, kFrame * int64_t(frames.size()));
  };
  CHECK(all("") == Speech::kNone);
  CHECK(all("....................") == Speech::kNone);
  CHECK(all("........+...........") == Speech::kMaybe);
  CHECK(all("++++++++++++++++++++") == Speech::kMaybe);
  CHECK(all("#######.............") == Speech::kMaybe);
  CHECK(all("########............") == Speech::kSure);
  CHECK(all("#.#.#.#.#.#.#.#") == Speech::kSure);
}

TEST_CASE("speech_track: only what is asked for counts, and only whole frames before its end") {
  const SpeechTrack track = track_of("..########..+.");
  CHECK(track.between(0, 2 * kFrame) == Speech::kNone);
  CHECK(track.between(0, 3 * kFrame - 1) == Speech::kNone);
  CHECK(track.between(0, 3 * kFrame) == Speech::kMaybe);
  CHECK(track.between(0, 10 * kFrame) == Speech::kSure);
  CHECK(track.between(3 * kFrame, 10 * kFrame) == Speech::kMaybe);
  CHECK(track.between(10 * kFrame, 12 * kFrame) == Speech::kNone);
  CHECK(track.between(10 * kFrame, 100 * kFrame) == Speech::kMaybe);
  CHECK(track.first_between(0, 14 * kFrame) == 2 * kFrame);
  CHECK(track.first_between(10 * kFrame, 14 * kFrame) == 12 * kFrame);
  CHECK(track.first_between(13 * kFrame, 14 * kFrame) == 14 * kFrame);
  CHECK(track.first_between(0, 2 * kFrame) == 2 * kFrame);
  CHECK(track.last_between(0, 14 * kFrame) == 13 * kFrame);
  CHECK(track.last_between(0, 13 * kFrame - 1) == 10 * kFrame);
  CHECK(track.last_between(3 * kFrame, 4 * kFrame) == 4 * kFrame);
  CHECK(track.last_between(10 * kFrame + 5, 12 * kFrame) == 10 * kFrame + 5);
}

TEST_CASE("speech_track: the end of the audio lies within the last frame") {
  SpeechTrack track = track_of("...+");
  const int64_t audio = 3 * kFrame + 10;
  CHECK(track.between(0, audio) == Speech::kNone);
  track.finish();
  CHECK(track.between(0, audio) == Speech::kMaybe);
  CHECK(track.between(0, 4 * kFrame) == Speech::kMaybe);
  CHECK(track.between(0, 3 * kFrame - 1) == Speech::kNone);
}

TEST_CASE("speech_track: what is forgotten is no speech, and the rest keeps its place") {
  SpeechTrack track = track_of("+..+..");
  track.discard_before(kFrame - 1);
  CHECK(track.between(0, kFrame) == Speech::kMaybe);
  track.discard_before(kFrame);
  CHECK(track.between(0, kFrame) == Speech::kNone);
  CHECK(track.first_between(0, 6 * kFrame) == 3 * kFrame);
  track.add(0.5f);
  CHECK(track.first_between(4 * kFrame, 7 * kFrame) == 6 * kFrame);
  track.discard_before(100 * kFrame);
  track.discard_before(0);
  CHECK(track.first_between(0, 7 * kFrame) == 7 * kFrame);
}

}  // namespace
}  // namespace sotto
