#include "engine/audio_queue.h"

#include <doctest/doctest.h>

#include "unit/support/random.h"
#include "unit/vad/silero_fixture.h"

using namespace sotto;

namespace {

// With a network that takes what is loud for speech.
const Silero& loudness_model() {
  static const Silero model = [] {
    auto made = test::load_silero(test::loudness_tensors());
    REQUIRE(made.ok());
    return std::move(made.value());
  }();
  return model;
}

}  // namespace

TEST_CASE("audio queue: gives back what was pushed, by its place in the stream") {
  test::Random random(1);
  const std::vector<float> samples = random.floats(1000);
  AudioQueue queue;
  REQUIRE(queue.push(std::span(samples).first(300), 16000).ok());
  REQUIRE(queue.push(std::span(samples).subspan(300), 16000).ok());
  CHECK(queue.total_samples() == 1000);
  const auto same = [&](std::span<const float> view, size_t first) {
    return std::equal(view.begin(), view.end(), samples.begin() + ptrdiff_t(first));
  };
  CHECK(queue.view(0, 1000).size() == 1000);
  CHECK(same(queue.view(0, 1000), 0));
  CHECK(same(queue.view(10, 50), 10));
  // What is not there is left out.
  CHECK(queue.view(990, 50).size() == 10);
  CHECK(queue.view(2000, 50).empty());

  queue.discard_before(400);
  CHECK(queue.total_samples() == 1000);
  CHECK(queue.view(400, 600).size() == 600);
  CHECK(same(queue.view(400, 600), 400));
  // Back is not possible, beyond the end is its end.
  queue.discard_before(100);
  CHECK(queue.view(400, 600).size() == 600);
  queue.discard_before(5000);
  CHECK(queue.total_samples() == 1000);
  CHECK(queue.view(1000, 10).empty());
}

TEST_CASE("audio queue: what is discarded does not change what comes after") {
  test::Random random(2);
  const std::vector<float> samples = random.floats(44100);
  AudioQueue whole, pieces;
  REQUIRE(whole.push(samples, 44100).ok());
  REQUIRE(whole.finish().ok());
  for (size_t at = 0; at < samples.size(); at += 700) {
    REQUIRE(pieces.push(std::span(samples).subspan(at, 700), 44100).ok());
    if (pieces.total_samples() > 5000) pieces.discard_before(pieces.total_samples() - 5000);
  }
  REQUIRE(pieces.finish().ok());
  CHECK(whole.total_samples() == 16000);
  CHECK(pieces.total_samples() == 16000);
  const auto a = whole.view(11500, 4500), b = pieces.view(11500, 4500);
  REQUIRE(a.size() == 4500);
  CHECK(std::equal(a.begin(), a.end(), b.begin(), b.end()));
}

TEST_CASE("audio queue: no more is listened to than the answer takes") {
  const std::vector<float> samples = test::audio_of({{1, 0}, {2, 0.5f}, {1, 0}, {1, 0.5f}, {5, 0}});
  AudioQueue queue;
  queue.listen(loudness_model(), nullptr, std::nullopt);
  REQUIRE(queue.push(samples, 16000).ok());
  CHECK(queue.heard_samples() == 0);
  CHECK(queue.hear_for(0, 160000));
  CHECK(queue.heard_samples() <= 3 * 16000);
  CHECK(!queue.hear_for(0, 160000));
  CHECK(queue.speech_between(0, 160000) == Speech::kSure);
  CHECK(queue.first_speech(0, 160000) >= 15500);
  CHECK(queue.first_speech(0, 160000) <= 16500);
  CHECK(queue.heard_samples() <= 3 * 16000);
  // What was not heard yet is kept, since what follows is heard behind it.
  queue.discard_before(150000);
  CHECK(queue.first_sample() <= 3 * 16000);
  CHECK(queue.speech_between(70000, 80000) == Speech::kSure);
  CHECK(queue.heard_samples() <= 7 * 16000);
  CHECK(queue.last_speech(48000, 160000) <= 81000);
  CHECK(queue.heard_samples() == 160000);
  CHECK(queue.speech_between(96000, 160000) == Speech::kNone);
  queue.discard_before(150000);
  CHECK(queue.first_sample() == 150000);
}

TEST_CASE("audio queue: it hears the same on demand as where all is heard at once") {
  // The audio ends within a frame, which is speech.
  const std::vector<float> samples = test::audio_of({{1, 0.5f},
                                                     {1, 0},
                                                     {1, 0.02f},
                                                     {1, 0.08f},
                                                     {1, 0},
                                                     {1, 0.5f},
                                                     {1, 0.08f},
                                                     {2, 0},
                                                     {700.0 / 16000, 0.5f}});
  const auto total = static_cast<int64_t>(samples.size());
  SpeechTrack expected;
  SileroStream stream(loudness_model());
  const auto add = [&](float probability) { expected.add(probability); };
  stream.push(samples, add);
  stream.finish(add);
  expected.finish();
  test::Random random(4);
  for (int round = 0; round < 40; ++round) {
    AudioQueue queue;
    queue.listen(loudness_model(), nullptr, std::nullopt);
    for (int64_t at = 0; at < total;) {
      const int64_t count = std::min<int64_t>(1 + random.below(50000), total - at);
      REQUIRE(queue.push(std::span(samples).subspan(at, count), 16000).ok());
      at += count;
    }
    REQUIRE(queue.finish().ok());
    int64_t begin = 0;
    while (begin < total) {
      // Up to 300 samples beyond the end.
      const int64_t end = std::min<int64_t>(begin + 1 + random.below(40000), total + 300);
      CAPTURE(begin);
      CAPTURE(end);
      CHECK(queue.speech_between(begin, end) == expected.between(begin, end));
      CHECK(queue.first_speech(begin, end) == expected.first_between(begin, end));
      if (round % 2 == 1) {
        CHECK(queue.last_speech(begin, end) == expected.last_between(begin, end));
      }
      begin += 1 + random.below(30000);
      queue.discard_before(begin);
    }
  }
}
