// A session's state: which window it is in, and how far it is within that window.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "decode/decoder_model.h"
#include "decode/fallback.h"
#include "decode/language_vote.h"
#include "decode/segments.h"
#include "decode/word_align.h"
#include "engine.h"
#include "engine/audio_queue.h"
#include "engine/batch.h"
#include "engine/engine_impl.h"
#include "engine/prompt.h"
#include "engine/workspace.h"

namespace sotto {

// What a frame of the log-mel spectrogram stands for: kHop_samples.
inline constexpr double kFrame_s = 0.01;

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

  // Takes the times of clips from the options (session_window.cc).
  void set_clips();
  // Goes to the beginning of the next clip where this one has ended.
  void enter_clip();
  // Where the clip at hand ends; 0 where there are no more.
  int64_t clip_end() const;
  // Whether more must come before the window at hand can be encoded.
  bool lacks_audio() const;
  // Frees what is before the next window.
  void discard_past();
  // Before it everything is final.
  int64_t final_frames() const;

  bool begin_window();
  // Begins with the window at hand.
  void encode_window();
  void compute_mel(int frames);
  // Where the window at hand begins: while the language is detected, after those that were heard.
  int64_t window_seek() const;
  // Hears which language is spoken in the window, and settles it or asks for another window.
  Status listen_to_language();
  Status settle_language();
  // The window at hand is encoded: begins on its text, now or with others.
  Status decode_window();
  Status begin_search();
  int most_new_tokens() const;
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

  // Where nobody speaks (session_speech.cc). Begins to listen as the options say.
  Status listen();
  // Listens to a part of the window where it is not yet known whether somebody speaks in it: true
  // where it did, so that a step ends in time.
  bool hear_window();
  // Where the window is in the audio that was pushed.
  std::pair<int64_t, int64_t> window_samples() const;
  // Moves on where the window begins with silence, or is nothing but; true where it did.
  bool skip_silence();
  bool is_silent() const;
  // Whether somebody speaks at its time, which is one of `audio`.
  bool is_spoken(const Segment& segment);
  // From times of `audio` to those of what was pushed.
  double original_s(double time_s, Side side) const;
  // Likewise of a segment and its words; it is not to begin or end beyond silence that was left
  // out.
  void to_original(Segment& segment);

  // Several windows at a time (session_batch.cc). OutOfMemory.
  Status make_batch();
  // How many frames the next window has: up to the last pause within 30 s.
  int batch_frames(int64_t available_frames) const;
  void add_to_batch();
  void decode_batch();
  // Of the lane at hand.
  void take_lane();
  void leave_lane(int frames);
  void next_lane();
  Batch::Window waiting_window() const;
  CrossCache& cross_at_hand() { return batch ? *batch->lane().cross : workspace->cross(); }
  FallbackSearch& search_at_hand() { return batch ? *batch->lane().search : search; }

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
  std::unique_ptr<Batch> batch;        // where several windows are decoded at a time
  std::optional<WordAligner> aligner;  // where words are asked for
  AudioQueue audio;
  Trace trace;

  Phase phase = Phase::kWait;
  // Where the clips begin and end, in frames, and in which one the window is.
  std::vector<std::pair<int64_t, int64_t>> clips;
  size_t clip = 0;
  int64_t seek_frames = 0;  // where the window begins
  int window_frames = 0;    // audio in the window
  Speech window_speech = Speech::kSure;
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
