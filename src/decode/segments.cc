#include "decode/segments.h"

#include <algorithm>

namespace sotto {

namespace {

// Timestamp tokens are 0.02 s apart, two frames of 10 ms.
constexpr int kFramesPerTimestamp = 2;
constexpr double kFrame_s = 0.01;

// Places between two successive timestamps.
std::vector<int> find_boundaries(const SpecialTokens& special, std::span<const int> tokens) {
  std::vector<int> boundaries;
  for (size_t i = 1; i < tokens.size(); ++i) {
    if (special.is_timestamp(tokens[i - 1]) && special.is_timestamp(tokens[i])) {
      boundaries.push_back(static_cast<int>(i));
    }
  }
  return boundaries;
}

int timestamp_frames(const SpecialTokens& special, int token) {
  return (token - special.timestamp_begin) * kFramesPerTimestamp;
}

}  // namespace

WindowCut cut_window(const SpecialTokens& special, std::span<const int> tokens, int window_frames,
                     Tail tail) {
  WindowCut cut;
  cut.advance_frames = window_frames;
  const int n = static_cast<int>(tokens.size());
  cut.lone_ending =
      n >= 2 && !special.is_timestamp(tokens[n - 2]) && special.is_timestamp(tokens[n - 1]);
  std::vector<int> boundaries = find_boundaries(special, tokens);

  if (boundaries.empty()) {
    double end_s = window_frames * kFrame_s;
    const auto last = std::find_if(tokens.rbegin(), tokens.rend(),
                                   [&](int token) { return special.is_timestamp(token); });
    if (last != tokens.rend() && *last != special.timestamp_begin) {
      end_s = timestamp_frames(special, *last) * kFrame_s;
    }
    if (n > 0) cut.segments.push_back({0, n, 0.0, end_s});
    return cut;
  }
  const bool keeps_tail = tail == Tail::kKept && n > 0 && special.is_text(tokens[n - 1]);
  if (cut.lone_ending || keeps_tail) boundaries.push_back(n);
  int first = 0;
  for (int end : boundaries) {
    cut.segments.push_back({first, end, timestamp_frames(special, tokens[first]) * kFrame_s,
                            timestamp_frames(special, tokens[end - 1]) * kFrame_s});
    first = end;
  }
  if (keeps_tail) cut.segments.back().end_s = window_frames * kFrame_s;
  if (!cut.lone_ending && !keeps_tail) {
    const int advance = timestamp_frames(special, tokens[first - 1]);
    // A window that ends where it began would be decoded for ever.
    if (advance > 0) cut.advance_frames = std::min(advance, window_frames);
  }
  return cut;
}

}  // namespace sotto
