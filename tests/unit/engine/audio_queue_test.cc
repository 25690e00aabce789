#include "engine/audio_queue.h"

#include <doctest/doctest.h>

#include "unit/support/random.h"

using namespace sotto;

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
