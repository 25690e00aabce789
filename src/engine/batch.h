// What a session needs to decode several windows at a time, besides what it needs for one: a lane
// for each, with the audio's keys and values and the text's, reserved when the session is made.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/arena.h"
#include "base/status.h"
#include "decode/batch_search.h"
#include "decode/decoder_model.h"
#include "engine.h"
#include "engine/workspace.h"
#include "vad/speech_track.h"

namespace sotto {

class Batch {
 public:
  // A window that is encoded, or what is left of it.
  struct Window {
    int64_t seek_frames = 0;
    int frames = 0;
    Speech speech = Speech::kSure;
    std::vector<int> prefix;
    double last_speech_s = 0;
  };
  struct Lane {
    CrossCache* cross = nullptr;
    KvCache* past = nullptr;
    FallbackSearch* search = nullptr;
    float* key_bias = nullptr;  // of the audio in `cross`
    Window window;
    std::vector<Segment> said;  // in it so far
  };
  // All borrowed. `search` is of the workspace's own caches, which are the first lane's.
  struct Parts {
    const Weights& weights;
    Workspace& workspace;
    ScoreRows& scores;
    const Tokenizer& tokenizer;
    FallbackSearch& search;
  };
  struct Sizes {
    int lanes = 0;         // at least one
    int ready_tokens = 0;  // that a window's prompt and text may have
    int hypotheses = 0;    // of a window at most
  };

  // OutOfMemory.
  static Result<std::unique_ptr<Batch>> create(const Parts& parts, const Sizes& sizes,
                                               const FallbackOptions& options);

  ~Batch();
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  // First windows are added, until all lanes have one or there are no more. Then come rounds, until
  // nothing is left of any: all are decoded, and then each in its order is the one at hand; what
  // its text does not reach is its window in the next round. While windows are added, the next free
  // lane is at hand.
  Lane& lane() { return lanes_[at_]; }
  int lanes() const { return count_; }
  int added() const { return added_; }
  bool is_adding() const { return is_adding_; }
  // Where the first window begins, when it is added.
  int64_t first_frames() const { return first_frames_; }
  // Keeps what attention adds to the scores of the audio's positions: the encoder's will be those
  // of another window.
  const float* keep(const PositionFold& fold);
  void add(Window window);
  // `next_frames` is where the next batch begins.
  void begin(int64_t next_frames);
  // One pass; true when all are decoded.
  Result<bool> step();
  // The lane at hand has this left of its window, whose search has begun; the next one is at hand.
  // False where nothing is left of any.
  bool advance(Window left);
  // Gives what was said in all windows and goes back to adding; returns what begin() was given.
  int64_t finish(std::vector<Segment>& segments);

 private:
  struct OwnLane;

  Batch(const Parts& parts, int lanes, Arena arena);

  Arena arena_;
  int count_;
  std::unique_ptr<std::unique_ptr<OwnLane>[]> own_;  // those of all lanes but the first
  std::unique_ptr<Lane[]> lanes_;
  BatchSearch search_;
  int at_ = 0;
  int added_ = 0;
  bool is_adding_ = true;
  bool is_decoded_ = false;
  int64_t first_frames_ = 0, next_frames_ = 0;
};

}  // namespace sotto
