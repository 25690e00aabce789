#include "engine/live_session.h"

#include <algorithm>
#include <utility>

#include "base/clock.h"
#include "decode/word_times.h"
#include "engine/live_impl.h"
#include "engine/options.h"
#include "engine/stopwatch.h"
#include "text/languages.h"

namespace sotto {

namespace {

// Silero's, and the gate's.
constexpr int64_t kFrame_samples = kVadFrame_samples;
// A click is one frame; a voice is more.
constexpr int kLeastVoiced_frames = 2;
// Audio is let go of in pieces of at least as much, since what follows it moves in memory.
constexpr int64_t kDiscard_samples = 4 * kSampleRate_hz;
// Tokens of each text of a beam that memory is made ready for at the start, so that none is asked
// for while somebody speaks; a window of 10 s has some 60, a crowded one of 24 s still fits.
constexpr int kBeam_tokens = 192;
// Audio that is held beside the longest window: what was heard before it, and what comes meanwhile.
constexpr int64_t kBeside_samples = kDiscard_samples + 2 * kSampleRate_hz;

double to_seconds(int64_t samples) { return static_cast<double>(samples) / kSampleRate_hz; }

}  // namespace

LiveSession::Impl::Impl(Engine::Impl& owner, std::unique_ptr<Workspace> space,
                        const LiveOptions& opts, PromptParts prompt)
    : engine(owner),
      workspace(std::move(space)),
      options(opts),
      rules(make_rules(owner.tokenizer, options.text, owner.non_speech_tokens)),
      parts(std::move(prompt)),
      scores(workspace->scores()),
      draft_search(workspace->decoder(), workspace->past(), workspace->cross(), scores),
      model(workspace->decoder(), workspace->past(), workspace->cross()),
      beam_search(model, scores, fallback_options(opts.text).beam),
      policy(options.stream) {
  const int language = find_language(options.text.language);
  detects = language < 0 && rules.special.multilingual;
  if (!detects) language_code = language < 0 ? "en" : languages()[language].code;
  if (options.vad && engine.silero) audio.listen(*engine.silero, &engine.pool, std::nullopt);
  timings.load_ms = owner.load_end_ms - owner.load_begin_ms;
}

LiveSession::Impl::~Impl() { engine.give_back(std::move(workspace)); }

bool LiveSession::Impl::is_voice(int64_t frame) {
  const int64_t begin = frame * kFrame_samples, end = begin + kFrame_samples;
  if (audio.listens()) return audio.speech_between(begin, end) != Speech::kNone;
  return loudness.process(audio.view(begin, kFrame_samples));
}

void LiveSession::Impl::watch_voice() {
  const int64_t frames = audio.total_samples() / kFrame_samples;
  for (; watched_frames < frames; ++watched_frames) {
    const bool voice = is_voice(watched_frames);
    voiced_frames = voice ? voiced_frames + 1 : 0;
    const double end_s = to_seconds((watched_frames + 1) * kFrame_samples);
    policy.hear_audio(end_s);
    if (voiced_frames < kLeastVoiced_frames) continue;
    policy.hear_voice(to_seconds((watched_frames + 1 - voiced_frames) * kFrame_samples), end_s);
  }
}

void LiveSession::Impl::discard_past() {
  // A frame of the spectrogram reads a little of what is before it.
  const auto needed = static_cast<int64_t>(policy.needed_from_s() * kSampleRate_hz) - kFft_samples;
  const int64_t least = std::min(needed, watched_frames * kFrame_samples);
  if (least - audio.first_sample() >= kDiscard_samples) audio.discard_before(least);
}

Status LiveSession::Impl::push(std::span<const float> samples, int sample_rate_hz) {
  const Stopwatch watch(timings.mel_ms);
  SOTTO_TRY(audio.push(samples, sample_rate_hz));
  watch_voice();
  discard_past();
  return {};
}

Status LiveSession::Impl::step(double now_ms) {
  if (!failure.ok()) return failure;
  update = {};
  StreamAction action = policy.next(now_ms);
  if (action.kind == StreamAction::Kind::kDecode) {
    const double begin_ms = sotto::now_ms();
    std::vector<HeardWord> words;
    failure = hear(action, words);
    if (!failure.ok()) return failure;
    update.ran = true;
    update.pass_ms = sotto::now_ms() - begin_ms;
    timings.total_ms += update.pass_ms;
    policy.take(action, std::move(words), now_ms, update.pass_ms);
    // In a pause it is silence that is waited for.
    action.until_ms = policy.speaking() ? policy.due_ms() : now_ms + update.pass_ms;
  }
  update.next_ms = action.until_ms;
  tell();
  return {};
}

Status LiveSession::Impl::finish(double now_ms) {
  SOTTO_TRY(audio.finish());
  watch_voice();
  policy.finish();
  SOTTO_TRY(step(now_ms));
  if (!update.ran) return {};
  // The pass has confirmed all words; what follows ends the utterance.
  policy.next(now_ms + update.pass_ms);
  tell();
  return {};
}

// Adds what became certain to the update, and says how things stand.
void LiveSession::Impl::tell() {
  std::vector<AlignedWord> words;
  for (HeardWord& word : policy.take_confirmed()) {
    update.confirmed += word.text;
    AlignedWord& aligned = words.emplace_back();
    aligned.word = {word.start_s, word.end_s, std::move(word.text), word.probability};
  }
  merge_punctuations(words, kPrependPunctuations, kAppendPunctuations);
  for (AlignedWord& aligned : words) {
    if (!aligned.word.word.empty()) update.words.push_back(std::move(aligned.word));
  }
  update.tentative.clear();
  for (const HeardWord& word : policy.tentative()) update.tentative += word.text;
  update.utterance_ended = policy.take_utterance_end() || update.utterance_ended;
  update.speaking = policy.speaking();
  update.behind = policy.behind();
  update.step_ms = policy.step_ms();
  update.lag_ms = std::max(0.0, to_seconds(audio.total_samples()) - policy.covered_s()) * 1e3;
}

LiveSession::LiveSession() = default;
LiveSession::~LiveSession() = default;

Status LiveSession::push(std::span<const float> samples, int sample_rate_hz) {
  return impl_->push(samples, sample_rate_hz);
}

Status LiveSession::step(double now_ms) { return impl_->step(now_ms); }
Status LiveSession::finish(double now_ms) { return impl_->finish(now_ms); }
const LiveUpdate& LiveSession::update() const { return impl_->update; }
double LiveSession::audio_s() const { return to_seconds(impl_->audio.pushed_samples()); }
const std::string& LiveSession::language() const { return impl_->language_code; }

Timings LiveSession::timings() const {
  Timings timings = impl_->timings;
  // Both happen when audio is pushed.
  timings.vad_ms = impl_->audio.vad_ms();
  timings.mel_ms -= timings.vad_ms;
  timings.total_ms += timings.vad_ms;
  timings.audio_ms = 1e3 * audio_s();
  timings.peak_heap_bytes = peak_heap_bytes();
  return timings;
}

Result<std::unique_ptr<LiveSession>> Engine::new_live_session(const LiveOptions& options) {
  const Hyperparameters& hp = impl_->info.hp;
  SOTTO_TRY(validate(options.stream));
  SOTTO_TRY(validate_options(options.text, hp));
  SOTTO_ASSIGN(PromptParts parts, make_prompt_parts(impl_->tokenizer, options.text, hp.n_text_ctx));
  SOTTO_ASSIGN(std::unique_ptr<Workspace> workspace, impl_->borrow_workspace());
  std::unique_ptr<LiveSession> session(new LiveSession());
  session->impl_ =
      std::make_unique<LiveSession::Impl>(*impl_, std::move(workspace), options, std::move(parts));
  SOTTO_TRY(session->impl_->aligner.reserve(impl_->alignment_heads,
                                            hp.n_text_state / hp.n_text_head, hp.n_audio_ctx));
  KvCache& past = session->impl_->workspace->past();
  past.clear();
  SOTTO_TRY(past.reserve(options.text.beam_size, std::min(kBeam_tokens, hp.n_text_ctx)));
  SOTTO_TRY(
      session->impl_->scores.reserve(std::max(DraftSearch::kScoreRows, options.text.beam_size)));
  const double window_samples = options.stream.most_window_ms * kSampleRate_hz / 1000;
  session->impl_->audio.reserve(static_cast<int64_t>(window_samples) + kBeside_samples);
  return session;
}

}  // namespace sotto
