// A session's state: which window it is in, and how far it is within that window.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "decode/decoder_model.h"
#include "decode/fallback.h"
#include "engine.h"
#include "engine/audio_queue.h"
#include "engine/engine_impl.h"
#include "engine/prompt.h"
#include "engine/workspace.h"

namespace sotto {

// A window passes through the phases in this order; kWait is where a new one begins.
enum class Phase { kWait, kEncode, kCross, kSearch, kDone };

struct Session::Impl {
  Impl(Engine::Impl& owner, std::unique_ptr<Workspace> space, SessionOptions opts,
       PromptParts parts);
  ~Impl();

  // One slice of work; false when nothing can be done for now.
  Result<bool> advance(const Deadline& deadline);
  Status step(double budget_ms);

  bool begin_window();
  void compute_mel(int frames);
  Status begin_search();
  Status search_token();
  void finish_window();
  // What the next window is told of this one's text.
  void remember(std::span<const Segment> said);
  void add_segment(const DecodedWindow& window, int first, int end, double start_s, double end_s);
  // Frames of 10 ms that the audio so far fills.
  int64_t audio_frames() const;

  Engine::Impl& engine;
  std::unique_ptr<Workspace> workspace;
  SessionOptions options;
  LogitsRules rules;
  PromptParts prompt;
  DecoderModel model;
  ScoreRows scores;
  FallbackSearch search;
  AudioQueue audio;
  Trace trace;

  Phase phase = Phase::kWait;
  int64_t seek_frames = 0;    // where the window begins
  int window_frames = 0;      // audio in the window
  std::vector<int> prefix;    // with which the window's text begins
  std::vector<int> previous;  // text that the next window is told
  double most_searched = 0;   // tokens of the longest attempt at this window
  float loudest = 0;          // log10 mel energy, over all windows so far
  double step_begin_ms = 0;
  Status failure;
  std::vector<Segment> segments;
  Timings timings;
  std::string language_code;
};

}  // namespace sotto
