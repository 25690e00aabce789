// A live policy whose clock goes with the audio, for tests.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "stream/policy.h"
#include "unit/stream/heard.h"

namespace sotto::test {

using Kind = StreamAction::Kind;

struct Stream {
  explicit Stream(const StreamOptions& options = {}) : policy(options) {}

  // Audio up to `to_s`, with somebody speaking or not.
  void voice(double to_s) {
    policy.hear_audio(to_s);
    policy.hear_voice(now_s, to_s);
    now_s = to_s;
  }
  void silence(double to_s) {
    policy.hear_audio(to_s);
    now_s = to_s;
  }
  StreamAction next() { return policy.next(now_s * 1e3); }
  // A pass that must be due, with the text behind what is certain; what it confirms.
  std::string pass(std::string_view text, double from_s = 0, double pass_ms = 100) {
    const StreamAction action = next();
    REQUIRE(action.kind == Kind::kDecode);
    policy.take(action, heard(text, from_s, action.to_s), now_s * 1e3, pass_ms);
    return spelled(policy.take_confirmed());
  }

  LivePolicy policy;
  double now_s = 0;
};

}  // namespace sotto::test
