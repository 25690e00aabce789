// A session's state: which window it is in, and how far it is within that window.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "decode/decoder_model.h"
#include "decode/fallback.h"
#include "decode/language_vote.h"
#include "decode/segments.h"
#include "decode/word_align.h"
#include "engine.h"
#include "engine/audio_queue.h"
#include "engine/engine_impl.h"
#include "engine/prompt.h"
#include "engine/workspace.h"

namespace sotto {

// A window passes through the phases in this order; kWait is where a new one begins, kAlign is for
// words only, kDetect for the first window where its language is not given.
enum class Phase { kWait, kEncode, kCross, kDetect, kSearch, kAlign, kDone };

struct Session::Impl {
  Impl(Engine::Impl& owner, std::unique_ptr<Workspace> space, SessionOptions opts,
       PromptParts parts);
  ~Impl();

  // One slice of work; false when nothing can be done for now.
  Result<bool> advance(const Deadline& deadline);
  Status step(double budget_ms);

  bool begin_window();
  void compute_mel(int frames);
  // Where the window at hand begins: while the language is detected, after those that were heard.
  int64_t window_seek() const;
  // Samples that must be there before it can be encoded, unless the audio ends.
  int64_t window_end_samples() const;
  // Hears which language is spoken in the window, and settles it or asks for another window.
  Status listen_to_language();
  Status settle_language();
  Status begin_search();
  Status search_token();
  // Cuts what was decoded into segments, and begins on their words where those are asked for.
  Status end_search();
  Status begin_alignment();
  Result<bool> align(const Deadline& deadline);
  // Gives the segments of the window their words, and their times by those, and cuts it by them.
  // False where nothing of it is kept and it is heard again from later on.
  bool add_words(std::vector<Segment>& said);
  // Keeps the window's segments, which are `said`, and leaves it.
  void finish_window(std::vector<Segment> said);
  // The next window begins that many frames after this one.
  void leave_window(int frames);
  // What the next window is told of this one's text.
  void remember(std::span<const Segment> said);
  std::vector<Segment> cut_segments() const;
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
  std::optional<WordAligner> aligner;  // where words are asked for
  AudioQueue audio;
  Trace trace;

  Phase phase = Phase::kWait;
  int64_t seek_frames = 0;    // where the window begins
  int window_frames = 0;      // audio in the window
  std::vector<int> prefix;    // with which the window's text begins
  std::vector<int> previous;  // text that the next window is told
  DecodedWindow window;       // what was decoded
  WindowCut cut;              // and how it is cut
  double last_speech_s = 0;   // where the words of the windows before end
  double most_searched = 0;   // tokens of the longest attempt at this window
  float loudest = 0;          // log10 mel energy, over all windows so far
  double step_begin_ms = 0;
  Status failure;
  std::vector<Segment> segments;
  Timings timings;
  std::string language_code;
  float language_probability = 1;
  std::vector<LanguageProbability> language_probabilities;
  std::optional<LanguageVote> vote;  // while the language is detected
  int windows_heard = 0;             // for that
};

}  // namespace sotto
