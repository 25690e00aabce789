// Where in the audio the tokens of a growing text are heard: their attention, from the queries that
// the search left behind, without another pass. Sources: openai-whisper, timing.py, find_alignment,
// for the times; Papi et al., AlignAtt (2023), for the lag behind the newest audio.
#pragma once

#include <span>
#include <vector>

#include "base/arena.h"
#include "base/status.h"
#include "decode/word_align.h"
#include "model/cross_cache.h"
#include "model/query_tap.h"

namespace sotto {

class LiveAligner {
 public:
  LiveAligner() = default;
  LiveAligner(const LiveAligner&) = delete;
  LiveAligner& operator=(const LiveAligner&) = delete;

  // For texts of up to kMost_tokens, their prompt included, and windows of up to n_ctx positions.
  static constexpr int kMost_tokens = 224;
  // Must be called once before all else. `heads` are borrowed. OutOfMemory.
  Status reserve(std::span<const AlignmentHead> heads, int head_size, int n_ctx);

  // To be filled by the search.
  QueryTap& tap() { return tap_; }

  // Aligns tokens [first, end) of the search, first at least 1 and end at most what was fed, to the
  // first `positions` of the audio; the attention may also peak in the `margin` behind it. The
  // probabilities of the result are left to the caller.
  void run(const CrossCache& audio, int first, int end, int positions, int margin);

  const TokenTimes& times() const { return times_; }
  // Of each token, how many positions before the last one of the audio its attention peaks; 0 where
  // it does behind that.
  std::span<const int> lag_positions() const { return lags_; }

 private:
  void take(ArenaLayout& layout, int head_size);
  void listen(const CrossCache& audio, int head, int first, MatrixF32 weights);

  std::span<const AlignmentHead> heads_;
  int n_ctx_ = 0;
  Arena arena_;
  QueryTap tap_;
  float* weights_ = nullptr;  // [kMost_tokens, n_ctx], of one head
  float* sum_ = nullptr;      // likewise, of all heads
  float* gain_ = nullptr;     // likewise, normalised and smoothed
  uint8_t* moves_ = nullptr;  // [kMost_tokens * n_ctx]
  float* costs_ = nullptr;    // [2 * (kMost_tokens + 1)]
  TokenTimes times_;
  std::vector<int> lags_;
};

}  // namespace sotto
