// Live text: audio goes in as it is heard, words come out about a second later, and what is
// confirmed never changes.
//
//   SOTTO_ASSIGN(auto live, engine->new_live_session({}));
//   SOTTO_TRY(live->push(samples, 48000));          // whenever there is some
//   SOTTO_TRY(live->step(clock_ms));                // at update().next_ms, or when idle
//   use(live->update());
//   SOTTO_TRY(live->finish(clock_ms));
//   use(live->update());
//
// Memory does not grow with the length of the stream.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine.h"
#include "stream/options.h"

namespace sotto {

struct LiveOptions {
  // Of these count language (detected in the first two seconds of speech where it is "auto"), task,
  // initial_prompt and hotwords, which are told in every pass, the tokens that are suppressed or
  // repeated, log_prob_threshold and no_speech_threshold, how padding is folded, and the beam:
  // where a token of the most probable ones is below stream.unsure_probability, as many texts as
  // beam_size are followed; ten of 787 words are right by that (docs/performance.md). Padding is
  // folded further than for files: of a window with 7 s of audio the encoder computes 469
  // positions, not 675. With 25 and 32, which would be 410, three more of the 60 words of a hoarse
  // speaker are wrong.
  SessionOptions text{.timestamps = Timestamps::kNone,
                      .beam_size = 5,
                      .fold = {.margin_positions = 50, .stride = 16}};
  // Hear by Silero VAD whether somebody speaks, where Engine::load_vad() was called. Otherwise by
  // how loud it is, which takes loud noise for speech.
  bool vad = true;
  StreamOptions stream;
};

// What a step found out.
struct LiveUpdate {
  bool ran = false;  // a pass was due
  // Confirmed by this step, with the space before it: to be appended to what was confirmed before.
  std::string confirmed;
  std::vector<Word> words;  // the same with times from the first pushed sample
  // All that was heard behind the confirmed text; replaces what the last update said.
  std::string tentative;
  bool utterance_ended = false;  // the speaker paused, and all that was said is confirmed
  bool speaking = false;
  bool behind = false;  // passes take so long that the step is longer than was asked for
  double step_ms = 0;   // from one pass to the next at the moment
  double lag_ms = 0;    // audio that no confirmed text or silence covers
  double pass_ms = 0;   // what the pass took
  double next_ms = 0;   // when to call step() again, by the caller's clock
};

// One stream. Not thread-safe; borrows the engine. A session that failed gives its error again.
class LiveSession {
 public:
  ~LiveSession();
  LiveSession(const LiveSession&) = delete;
  LiveSession& operator=(const LiveSession&) = delete;

  // Mono samples in [-1, 1] at any rate, the same within a session (InvalidArgument). Resamples and
  // listens for voices; never runs the model of text. BadState after finish().
  Status push(std::span<const float> samples, int sample_rate_hz);
  // Runs one pass where one is due at this time of the caller's clock, in milliseconds. Errors of
  // the model.
  Status step(double now_ms);
  // There is no more audio: runs the last pass and confirms all that was said.
  Status finish(double now_ms);
  // What the last of them found out.
  const LiveUpdate& update() const;

  // Seconds of audio pushed.
  double audio_s() const;
  // Language code of the text; empty where it is not detected yet.
  const std::string& language() const;
  // Spent so far; `windows` are passes.
  Timings timings() const;

 private:
  friend class Engine;
  struct Impl;
  LiveSession();
  std::unique_ptr<Impl> impl_;
};

}  // namespace sotto
