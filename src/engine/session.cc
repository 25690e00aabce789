#include <algorithm>
#include <string>
#include <utility>

#include "decode/segments.h"
#include "engine.h"
#include "engine/options.h"
#include "engine/session_impl.h"
#include "engine/stopwatch.h"
#include "text/languages.h"

namespace sotto {

namespace {

bool is_blank(const std::string& text) {
  return text.find_first_not_of(" \t\r\n\f\v") == std::string::npos;
}

}  // namespace

Session::Impl::Impl(Engine::Impl& owner, std::unique_ptr<Workspace> space, SessionOptions opts,
                    PromptParts parts)
    : engine(owner),
      workspace(std::move(space)),
      options(std::move(opts)),
      rules(make_rules(owner.tokenizer, options, owner.non_speech_tokens)),
      prompt(std::move(parts)),
      model(workspace->decoder(), workspace->past(), workspace->cross()),
      scores(workspace->scores()),
      search(model, scores, owner.tokenizer, fallback_options(options)),
      trace(owner.load_begin_ms),
      previous(prompt.initial),
      loudest(kSilence_log10) {
  const int language = find_language(options.language);
  if (language >= 0) {
    language_code = languages()[language].code;
  } else if (rules.special.multilingual) {
    vote.emplace(options.language_detection_threshold);
    language_probability = 0;
  } else {
    language_code = "en";
  }
  timings.load_ms = owner.load_end_ms - owner.load_begin_ms;
  if (options.timestamps == Timestamps::kWord) {
    aligner.emplace(WordAligner::Parts{workspace->decoder(), workspace->past(), scores, owner.pool},
                    owner.alignment_heads, owner.tokenizer.special());
  }
  set_clips();
  if (options.trace) trace.add("load", owner.load_begin_ms, owner.load_end_ms);
}

Session::Impl::~Impl() { engine.give_back(std::move(workspace)); }

Status Session::Impl::step(double budget_ms) {
  if (!failure.ok()) return failure;
  const Stopwatch watch(timings.total_ms);
  const Deadline deadline(budget_ms);
  do {
    Result<bool> more = advance(deadline);
    if (!more.ok()) {
      failure = more.status();
      return failure;
    }
    if (!more.value()) break;
  } while (!deadline.passed());
  return {};
}

Result<bool> Session::Impl::advance(const Deadline& deadline) {
  Trace* spans = options.trace ? &trace : nullptr;
  switch (phase) {
    case Phase::kWait: return begin_window();
    case Phase::kEncode: {
      const Stopwatch watch(timings.encode_ms);
      if (!workspace->encoder().run(deadline, spans, &engine.pool)) return true;
      const Encoder& encoder = workspace->encoder();
      const PositionFold& fold = encoder.fold();
      cross_at_hand().begin(encoder.states(), batch ? batch->keep(fold) : fold.log_count(),
                            fold.fine());
      phase = Phase::kCross;
      return true;
    }
    case Phase::kCross: {
      const Stopwatch watch(timings.decode_ms);
      if (!cross_at_hand().run(deadline, spans, &engine.pool)) return true;
      phase = Phase::kDetect;
      if (!vote) SOTTO_TRY(decode_window());
      return true;
    }
    case Phase::kDetect: {
      const Stopwatch watch(timings.decode_ms);
      SOTTO_TRY(listen_to_language());
      return true;
    }
    case Phase::kSearch: SOTTO_TRY(search_token()); return true;
    case Phase::kAlign: return align(deadline);
    case Phase::kDone: return false;
  }
  return false;
}

Status Session::Impl::decode_window() {
  phase = Phase::kSearch;
  SOTTO_TRY(begin_search());
  if (!batch) return {};
  if (batch->is_adding()) {
    add_to_batch();
  } else {
    next_lane();
  }
  return {};
}

int Session::Impl::most_new_tokens() const {
  return options.max_new_tokens > 0 ? options.max_new_tokens : engine.info.hp.n_text_ctx / 2;
}

Status Session::Impl::begin_search() {
  const Prompt told = make_prompt(prompt, previous, timings.windows == 1);
  prefix.assign(told.tokens.end() - told.prefix_tokens, told.tokens.end());
  rules.begin_timestamp = prefix.empty();
  most_searched = 0;
  if (batch) {
    // Texts are not to depend on how many windows are decoded together.
    search_at_hand().seed(options.seed + static_cast<uint64_t>(seek_frames));
  }
  return search_at_hand().begin(told, rules, most_new_tokens());
}

Status Session::Impl::search_token() {
  bool finished = false;
  {
    const Stopwatch watch(timings.decode_ms);
    const TraceScope span(options.trace ? &trace : nullptr, "decode: token");
    SOTTO_ASSIGN(finished, batch ? batch->step() : search.step());
  }
  most_searched =
      std::max(most_searched, static_cast<double>(search_at_hand().result().tokens.size()));
  return finished ? end_search() : Status();
}

Status Session::Impl::end_search() {
  window = search_at_hand().result();
  timings.tokens += static_cast<int>(window.tokens.size());
  window.tokens.insert(window.tokens.begin(), prefix.begin(), prefix.end());
  if (is_silent()) {
    leave_window(window_frames);
    return {};
  }
  cut = cut_window(rules.special, window.tokens, window_frames, batch ? Tail::kKept : Tail::kAgain);
  if (aligner) return begin_alignment();
  finish_window(cut_segments());
  return {};
}

void Session::Impl::finish_window(std::vector<Segment> said) {
  std::vector<Segment>& kept = batch ? batch->lane().said : segments;
  const size_t before = kept.size();
  for (Segment& segment : said) {
    // openai-whisper empties segments without length or text; here they are left out.
    if (segment.start_s == segment.end_s || is_blank(segment.text)) continue;
    if (!is_spoken(segment)) continue;
    to_original(segment);
    segment.id = static_cast<int>(kept.size());
    kept.push_back(std::move(segment));
  }
  remember(std::span(kept).subspan(before));
  leave_window(cut.advance_frames);
}

void Session::Impl::remember(std::span<const Segment> said) {
  // Windows of a batch do not know each other's text.
  if (batch) return;
  // What was hard to hear would mislead the next window.
  if (!options.condition_on_previous_text ||
      search.last_temperature() > options.prompt_reset_on_temperature) {
    previous.clear();
    return;
  }
  for (const Segment& segment : said) {
    previous.insert(previous.end(), segment.tokens.begin(), segment.tokens.end());
  }
  const auto most = static_cast<size_t>(prompt.most_previous);
  if (previous.size() > most) previous.erase(previous.begin(), previous.end() - most);
}

std::vector<Segment> Session::Impl::cut_segments() const {
  std::vector<Segment> said;
  const double begin_s = static_cast<double>(seek_frames) * kFrame_s;
  for (const SegmentCut& part : cut.segments) {
    Segment& segment = said.emplace_back();
    segment.seek_frames = seek_frames;
    segment.start_s = begin_s + part.start_s;
    segment.end_s = begin_s + part.end_s;
    segment.tokens.assign(window.tokens.begin() + part.first, window.tokens.begin() + part.end);
    segment.text = engine.tokenizer.decode(segment.tokens);
    segment.avg_logprob = window.avg_logprob;
    segment.no_speech_prob = window.no_speech_prob;
    segment.temperature = window.temperature;
    segment.compression_ratio = window.compression_ratio;
  }
  return said;
}

Session::Session() = default;
Session::~Session() = default;

Status Session::push(std::span<const float> samples, int sample_rate_hz) {
  const Stopwatch watch(impl_->timings.mel_ms);
  SOTTO_TRY(impl_->audio.push(samples, sample_rate_hz));
  // Before the first clip, or between two.
  impl_->discard_past();
  return {};
}

Status Session::finish() {
  const Stopwatch watch(impl_->timings.mel_ms);
  return impl_->audio.finish();
}

Status Session::step(double budget_ms) { return impl_->step(budget_ms); }
bool Session::done() const { return impl_->phase == Phase::kDone; }

bool Session::wants_audio() const { return impl_->phase == Phase::kWait && impl_->lacks_audio(); }

const std::vector<Segment>& Session::segments() const { return impl_->segments; }
const std::string& Session::language() const { return impl_->language_code; }
float Session::language_probability() const { return impl_->language_probability; }

const std::vector<LanguageProbability>& Session::language_probabilities() const {
  return impl_->language_probabilities;
}

std::string Session::partial_text() const {
  if (impl_->phase != Phase::kSearch && impl_->phase != Phase::kAlign) return "";
  StreamDecoder decoder(impl_->engine.tokenizer);
  std::string text;
  for (int token : impl_->prefix) text += decoder.push(token);
  for (int token : impl_->search_at_hand().result().tokens) text += decoder.push(token);
  return text;
}

double Session::position_s() const {
  const int64_t frames = std::min(impl_->final_frames(), impl_->audio_frames());
  return impl_->original_s(static_cast<double>(frames) * kFrame_s, Side::kBefore);
}

double Session::window_progress() const {
  // Shares of the whole as tiny spends them on a full window.
  constexpr double kEncodeShare = 0.75, kCrossShare = 0.05, kSearchShare = 0.2;
  // Tokens in a window of ordinary speech.
  constexpr double kUsualTokens = 60;
  const Batch* batch = impl_->batch.get();
  // Of several windows those that are encoded count.
  const double before = batch != nullptr ? std::min(batch->added(), batch->lanes() - 1) : 0;
  const double all = batch != nullptr ? batch->lanes() : 1;
  switch (impl_->phase) {
    case Phase::kEncode:
      return (before + impl_->workspace->encoder().progress()) / all * kEncodeShare;
    case Phase::kCross:
      return (before + 1) / all * kEncodeShare +
             kCrossShare / all * impl_->cross_at_hand().progress();
    case Phase::kDetect: return kEncodeShare + kCrossShare;
    case Phase::kSearch: {
      const double searched = std::min(1.0, impl_->most_searched / kUsualTokens);
      return kEncodeShare + kCrossShare + kSearchShare * searched;
    }
    case Phase::kAlign: return 1;
    default: return before / all * kEncodeShare;
  }
}

Timings Session::timings() const {
  Timings timings = impl_->timings;
  timings.vad_ms = impl_->audio.vad_ms();
  // Where silence is left out, all is listened to when it is pushed.
  if (impl_->audio.map() != nullptr) timings.mel_ms -= timings.vad_ms;
  timings.peak_heap_bytes = peak_heap_bytes();
  return timings;
}

std::string Session::trace_json() const {
  return impl_->options.trace ? impl_->trace.chrome_json() : "{}";
}

}  // namespace sotto
