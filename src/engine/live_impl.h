// A live session's state: the audio that may still be heard, and what a pass needs.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "audio/fading_peak.h"
#include "decode/beam.h"
#include "decode/decoder_model.h"
#include "decode/draft_search.h"
#include "decode/language_vote.h"
#include "decode/live_align.h"
#include "engine/audio_queue.h"
#include "engine/engine_impl.h"
#include "engine/live_session.h"
#include "engine/prompt.h"
#include "engine/workspace.h"
#include "stream/policy.h"
#include "vad/loudness_gate.h"

namespace sotto {

struct LiveSession::Impl {
  Impl(Engine::Impl& owner, std::unique_ptr<Workspace> space, const LiveOptions& opts,
       PromptParts parts);
  ~Impl();

  Status push(std::span<const float> samples, int sample_rate_hz);
  Status step(double now_ms);
  Status finish(double now_ms);

  // Tells the policy what the frames say that were not yet looked at.
  void watch_voice();
  bool is_voice(int64_t frame);
  // One pass (live_pass.cc): what is said in the window of `action`, behind the prefix.
  Status hear(const StreamAction& action, std::vector<HeardWord>& words);
  int compute_mel(int64_t first_sample, int64_t end_sample);
  Status encode(int frames);
  Status listen_to_language(int frames);
  // Whether a token of what the search found is less probable than options.stream asks for.
  bool is_unsure() const;
  Status follow_several(const Prompt& prompt, int max_tokens);
  void cut_words(double from_s, const Prompt& prompt, int frames, std::vector<HeardWord>& words);
  bool is_silent() const;

  void tell();
  void discard_past();

  Engine::Impl& engine;
  std::unique_ptr<Workspace> workspace;
  LiveOptions options;
  LogitsRules rules;
  PromptParts parts;
  ScoreRows scores;
  DraftSearch draft_search;
  DecoderModel model;
  BeamSearch beam_search;
  LiveAligner aligner;
  AudioQueue audio;
  FadingPeak peak;        // of the windows so far
  LoudnessGate loudness;  // where Silero does not listen
  LivePolicy policy;

  int64_t watched_frames = 0;  // frames of 512 samples of which the policy knows
  int voiced_frames = 0;       // of the last ones, in a row
  LiveUpdate update;
  Timings timings;
  Status failure;
  std::string language_code;
  bool detects = false;  // the language is not yet sure
};

}  // namespace sotto
