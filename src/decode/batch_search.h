// Several windows decoded together. A pass of the decoder takes the next tokens of as many of them
// as it has rows for, so that its weights are read once for all; each window gets the text that it
// gets alone.
#pragma once

#include <array>

#include "base/status.h"
#include "decode/fallback.h"
#include "model/decoder.h"

namespace sotto {

class BatchSearch {
 public:
  // What one window is decoded by, all borrowed: `search`, which has begun, and whose model has
  // this cache and this audio.
  struct Lane {
    FallbackSearch* search;
    KvCache* past;
    const CrossCache* audio;
  };

  BatchSearch(Decoder& decoder, ScoreRows& scores) : decoder_(decoder), scores_(scores) {}
  BatchSearch(const BatchSearch&) = delete;
  BatchSearch& operator=(const BatchSearch&) = delete;

  // At most as many as a pass has rows for.
  static constexpr int kMaxLanes = Decoder::kMaxBatch_tokens;

  void clear() { lanes_end_ = first_ = next_ = 0; }
  void add(const Lane& lane) { lanes_[lanes_end_++] = {lane, {}, false}; }
  // One pass. True when all windows are done. Errors of the decoder.
  Result<bool> step();

 private:
  struct Asking {
    Lane lane = {};
    SearchPass pass;
    bool asked = false;  // for this pass, which has not been run
  };

  Status collect();
  Status run();

  Decoder& decoder_;
  ScoreRows& scores_;
  std::array<Asking, kMaxLanes> lanes_;
  int lanes_end_ = 0;
  int first_ = 0, next_ = 0;  // those that have their rows in this pass
  std::array<DecoderRows, kMaxLanes> parts_;
  int parts_end_ = 0;
  std::array<int, Decoder::kMaxBatch_tokens> rows_;  // whose scores they want
  int rows_end_ = 0;
};

}  // namespace sotto
