// What a session makes of audio in which nobody speaks.
#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/session_impl.h"

namespace sotto {

namespace {

// A window that begins with as much silence begins later: the model writes within the first second
// of it, wherever the speech begins. Where less was left out, words changed that were hard to hear.
constexpr int64_t kLongSilence_samples = 5 * kSampleRate_hz;
// What is kept of it, as faster-whisper does (VadOptions::speech_pad_ms).
constexpr int64_t kLead_samples = kSampleRate_hz * 4 / 10;
// How far beside the sound the times of a text may lie.
constexpr double kBeside_s = 0.25;

constexpr double kWindow_s = static_cast<double>(kWindow_samples) / kSampleRate_hz;

int64_t to_samples(double time_s) { return std::llround(time_s * kSampleRate_hz); }
double to_seconds(int64_t samples) { return static_cast<double>(samples) / kSampleRate_hz; }

}  // namespace

Status Session::Impl::listen() {
  // Windows that do not know each other's text are best cut where nobody speaks.
  const bool may_cut = batch && engine.silero && options.clip_timestamps.empty();
  const bool cuts = options.vad == Vad::kOn || (options.vad == Vad::kAuto && may_cut);
  if (cuts && !engine.silero) {
    return mismatch(Code::kInvalidArgument, "vad", "weights for it (load_vad)", "none");
  }
  if (options.vad == Vad::kOff || !engine.silero) return {};
  std::optional<SpeechCutter> cutter;
  if (cuts) {
    VadOptions vad = options.vad_options;
    if (batch) vad.max_speech_s = std::min(vad.max_speech_s, kWindow_s);
    SOTTO_ASSIGN(cutter, SpeechCutter::create(vad));
  }
  audio.listen(*engine.silero, &engine.pool, std::move(cutter));
  return {};
}

double Session::Impl::original_s(double time_s, Side side) const {
  const TimeMap* map = audio.map();
  return map != nullptr ? map->to_original_s(time_s, side) : time_s;
}

void Session::Impl::to_original(Segment& segment) {
  const TimeMap* map = audio.map();
  if (map == nullptr) return;
  if (!segment.words.empty()) {
    for (Word& word : segment.words) {
      const TimeMap::Interval moved = map->to_original_s({word.start_s, word.end_s});
      word.start_s = moved.start_s;
      word.end_s = moved.end_s;
    }
    segment.start_s = segment.words.front().start_s;
    segment.end_s = segment.words.back().end_s;
    return;
  }
  segment.start_s = original_s(segment.start_s, Side::kBehind);
  segment.end_s = original_s(segment.end_s, Side::kBefore);
  const int64_t from = to_samples(segment.start_s + kBeside_s);
  const int64_t to = to_samples(segment.end_s - kBeside_s);
  if (audio.speech_between(from, to) == Speech::kNone) return;
  const SpeechSegment first = map->piece_of(audio.first_speech(from, to));
  const SpeechSegment last = map->piece_of(audio.last_speech(from, to) - 1);
  segment.start_s = std::max(segment.start_s, to_seconds(first.start_samples));
  segment.end_s = std::min(segment.end_s, to_seconds(last.end_samples));
}

bool Session::Impl::is_spoken(const Segment& segment) {
  if (!audio.listens()) return true;
  const double from_s = original_s(segment.start_s, Side::kBehind) - kBeside_s;
  const double to_s = original_s(segment.end_s, Side::kBefore) + kBeside_s;
  return audio.speech_between(to_samples(from_s), to_samples(to_s)) != Speech::kNone;
}

std::pair<int64_t, int64_t> Session::Impl::window_samples() const {
  const double begin_s = static_cast<double>(seek_frames) * kFrame_s;
  const double end_s = begin_s + window_frames * kFrame_s;
  return {to_samples(original_s(begin_s, Side::kBehind)),
          to_samples(original_s(end_s, Side::kBefore))};
}

bool Session::Impl::hear_window() {
  const auto [begin, end] = window_samples();
  return audio.hear_for(begin, end);
}

bool Session::Impl::skip_silence() {
  if (!audio.listens()) return false;
  const auto [begin, end] = window_samples();
  window_speech = audio.speech_between(begin, end);
  const int64_t silence = audio.first_speech(begin, end) - begin;
  if (window_speech == Speech::kNone) {
    leave_window(window_frames);
  } else if (audio.map() == nullptr && silence > kLongSilence_samples) {
    leave_window(static_cast<int>((silence - kLead_samples) / kHop_samples));
  } else {
    return false;
  }
  return true;
}

bool Session::Impl::is_silent() const {
  const bool no_speech = window.no_speech_prob > options.no_speech_threshold;
  const bool improbable = window.avg_logprob <= options.log_prob_threshold;
  if (window_speech == Speech::kSure) return no_speech && improbable;
  // Where it is doubtful that somebody speaks, one of the signs is enough.
  const bool repetitive = window.compression_ratio > options.compression_ratio_threshold;
  return no_speech || improbable || repetitive;
}

}  // namespace sotto
