// One pass of a live session: its window is encoded, and decoded behind what is certain.
#include <algorithm>
#include <cmath>
#include <utility>

#include "decode/word_times.h"
#include "engine/live_impl.h"
#include "engine/stopwatch.h"
#include "engine/window_language.h"
#include "engine/window_mel.h"
#include "text/languages.h"
#include "text/word_split.h"

namespace sotto {

namespace {

// Nobody says more tokens a second: what goes on is a loop. A word or two may be behind the audio.
constexpr double kMostTokens_per_s = 12;
constexpr int kSpareTokens = 8;
// A language that is detected in as much speech stays.
constexpr int kSureLanguage_frames = 200;

}  // namespace

Status LiveSession::Impl::hear(const StreamAction& action, std::vector<HeardWord>& words) {
  // Frames stand at whole steps of the stream.
  const auto first =
      static_cast<int64_t>(std::llround(action.from_s * kSampleRate_hz / kHop_samples)) *
      kHop_samples;
  const int frames = compute_mel(first, std::llround(action.to_s * kSampleRate_hz));
  if (frames < kFramesPerPosition) return {};
  SOTTO_TRY(encode(frames));
  const Stopwatch watch(timings.decode_ms);
  if (detects) SOTTO_TRY(listen_to_language(frames));
  std::vector<int> before = parts.initial;
  before.insert(before.end(), policy.context().begin(), policy.context().end());
  Prompt prompt = make_prompt(parts, before, false);
  const std::span<const int> prefix = policy.prefix();
  prompt.tokens.insert(prompt.tokens.end(), prefix.begin(), prefix.end());
  prompt.prefix_tokens = static_cast<int>(prefix.size());
  rules.said.assign(prefix.begin(), prefix.end());
  std::vector<int> draft;
  for (const HeardWord& word : policy.tentative()) {
    draft.insert(draft.end(), word.tokens.begin(), word.tokens.end());
  }
  const double left_s = std::max(0.0, action.to_s - std::max(policy.confirmed_s(), action.from_s));
  const int most = kSpareTokens + static_cast<int>(kMostTokens_per_s * left_s);
  SOTTO_TRY(draft_search.run(prompt, draft, rules, most, aligner.tap()));
  if (options.text.beam_size > 1 && is_unsure()) SOTTO_TRY(follow_several(prompt, most));
  ++timings.windows;
  timings.tokens += static_cast<int>(draft_search.result().tokens.size());
  const double begin_s = static_cast<double>(first) / kSampleRate_hz;
  if (!is_silent()) cut_words(begin_s, prompt, frames, words);
  return {};
}

// Frames of 10 ms that the audio fills, at most those of the model's window.
int LiveSession::Impl::compute_mel(int64_t first_sample, int64_t end_sample) {
  const Stopwatch watch(timings.mel_ms);
  const int frames = static_cast<int>(
      std::clamp<int64_t>((end_sample - first_sample) / kHop_samples, 0, kWindow_frames));
  // A window that begins behind the loudest word is normalised as the ones before it.
  const double end_s = static_cast<double>(end_sample) / kSampleRate_hz;
  const float loudest =
      fill_mel(*workspace, audio, first_sample, end_sample, frames, peak.at(end_s));
  peak.hear(loudest, end_s);
  return frames;
}

Status LiveSession::Impl::encode(int frames) {
  const Stopwatch watch(timings.encode_ms);
  Encoder& encoder = workspace->encoder();
  encoder.begin(frames, options.text.fold);
  encoder.run(Deadline(), nullptr, &engine.pool);
  const PositionFold& fold = encoder.fold();
  workspace->cross().begin(encoder.states(), fold.log_count(), fold.fine());
  workspace->cross().run(Deadline(), nullptr, &engine.pool);
  return {};
}

Status LiveSession::Impl::listen_to_language(int frames) {
  SOTTO_ASSIGN(const auto ranked, hear_languages(*workspace, rules.special));
  language_code = ranked.front().code;
  parts.set_language(rules.special, language_code);
  detects = frames < kSureLanguage_frames;
  return {};
}

bool LiveSession::Impl::is_unsure() const {
  return std::ranges::any_of(draft_search.result().probability,
                             [&](float p) { return p < options.stream.unsure_probability; });
}

// The text that is the most probable as a whole, in place of the one whose tokens are.
Status LiveSession::Impl::follow_several(const Prompt& prompt, int max_tokens) {
  Prompt heard = prompt;
  heard.fed_tokens = static_cast<int>(prompt.tokens.size()) - 1;
  SOTTO_TRY(beam_search.begin(heard, rules, max_tokens));
  for (bool done = false; !done;) {
    SOTTO_ASSIGN(done, beam_search.step());
  }
  return draft_search.follow(prompt, beam_search.result().tokens, rules, aligner.tap());
}

bool LiveSession::Impl::is_silent() const {
  const DraftResult& said = draft_search.result();
  return said.no_speech_prob > options.text.no_speech_threshold &&
         said.avg_logprob < options.text.log_prob_threshold;
}

// The tokens behind the prompt as words, with times of the stream.
void LiveSession::Impl::cut_words(double from_s, const Prompt& prompt, int frames,
                                  std::vector<HeardWord>& words) {
  const DraftResult& said = draft_search.result();
  const int count = static_cast<int>(said.tokens.size());
  if (count == 0) return;
  const int prompted = static_cast<int>(prompt.tokens.size());
  aligner.run(workspace->cross(), prompted - prompt.prefix_tokens, prompted + count,
              (frames + 1) / kFramesPerPosition, options.text.fold.margin_positions);
  TokenTimes times;
  const std::vector<int>& first = aligner.times().first_position;
  times.first_position.assign(first.begin() + prompt.prefix_tokens, first.end());
  times.probability = said.probability;
  const std::span<const int> lags = aligner.lag_positions().subspan(prompt.prefix_tokens);
  const std::vector<WordTokens> split =
      split_words(engine.tokenizer, said.tokens, is_spaceless(language_code));
  int token = 0;
  for (const AlignedWord& aligned : time_words(split, times)) {
    HeardWord& word = words.emplace_back();
    word.text = aligned.word.word;
    const auto begin = said.tokens.begin() + token;
    word.tokens.assign(begin, begin + aligned.tokens);
    word.start_s = from_s + aligned.word.start_s;
    word.end_s = from_s + aligned.word.end_s;
    word.probability = aligned.word.probability;
    token += aligned.tokens;
    word.lag_positions = lags[token - 1];
  }
}

}  // namespace sotto
