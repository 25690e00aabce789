#include "decode/segments.h"

#include <doctest/doctest.h>

#include <vector>

using namespace sotto;

namespace {

const SpecialTokens kSpecial = special_tokens(51864);

int at(double seconds) { return kSpecial.timestamp_begin + static_cast<int>(seconds * 50 + 0.5); }

}  // namespace

TEST_CASE("segments: cut between two timestamps, the next window begins at the last") {
  const std::vector<int> tokens = {at(0), 1, 2, at(2.5), at(2.5), 3, at(7), at(7.2), 4};
  const WindowCut cut = cut_window(kSpecial, tokens, 3000);
  REQUIRE(cut.segments.size() == 2);
  CHECK(cut.segments[0].first == 0);
  CHECK(cut.segments[0].end == 4);
  CHECK(cut.segments[0].start_s == doctest::Approx(0.0));
  CHECK(cut.segments[0].end_s == doctest::Approx(2.5));
  CHECK(cut.segments[1].start_s == doctest::Approx(2.5));
  CHECK(cut.segments[1].end_s == doctest::Approx(7.0));
  CHECK(cut.advance_frames == 700);
  CHECK(!cut.lone_ending);
}

TEST_CASE("segments: a lone timestamp at the end uses the window up") {
  const std::vector<int> tokens = {at(0), 1, at(2), at(2), 3, at(9)};
  const WindowCut cut = cut_window(kSpecial, tokens, 1100);
  REQUIRE(cut.segments.size() == 2);
  CHECK(cut.segments[1].start_s == doctest::Approx(2.0));
  CHECK(cut.segments[1].end_s == doctest::Approx(9.0));
  CHECK(cut.advance_frames == 1100);
  CHECK(cut.lone_ending);
}

TEST_CASE("segments: one segment where no two timestamps follow each other") {
  const std::vector<int> closed = {at(0), 1, 2, at(4.4)};
  const WindowCut cut = cut_window(kSpecial, closed, 1100);
  REQUIRE(cut.segments.size() == 1);
  CHECK(cut.segments[0].end == 4);
  CHECK(cut.segments[0].end_s == doctest::Approx(4.4));
  CHECK(cut.advance_frames == 1100);

  const std::vector<int> plain = {1, 2, 3};
  const WindowCut whole = cut_window(kSpecial, plain, 1234);
  REQUIRE(whole.segments.size() == 1);
  CHECK(whole.segments[0].end_s == doctest::Approx(12.34));
  CHECK(whole.advance_frames == 1234);
}

TEST_CASE("segments: nothing said, nothing cut; and a window always moves on") {
  CHECK(cut_window(kSpecial, {}, 500).segments.empty());
  CHECK(cut_window(kSpecial, {}, 500).advance_frames == 500);
  const std::vector<int> stuck = {at(0), at(0), 1, 2};
  CHECK(cut_window(kSpecial, stuck, 500).advance_frames == 500);
  // No further than the audio of the window, whatever the model says.
  const std::vector<int> beyond = {at(0), 1, at(20), at(20), 5};
  CHECK(cut_window(kSpecial, beyond, 500).advance_frames == 500);
}
