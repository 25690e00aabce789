// Which part of the audio a session's next window is.
#include <algorithm>
#include <cmath>

#include "engine/session_impl.h"
#include "engine/stopwatch.h"
#include "engine/window_mel.h"

namespace sotto {

namespace {

// Behind any audio.
constexpr int64_t kNoEnd_frames = int64_t{1} << 50;

}  // namespace

void Session::Impl::set_clips() {
  std::vector<int64_t> frames;
  for (const double time_s : options.clip_timestamps) {
    frames.push_back(std::llround(time_s / kFrame_s));
  }
  if (frames.empty()) frames.push_back(0);
  if (frames.size() % 2 != 0) frames.push_back(kNoEnd_frames);
  for (size_t i = 0; i < frames.size(); i += 2) clips.emplace_back(frames[i], frames[i + 1]);
  enter_clip();
}

void Session::Impl::enter_clip() {
  while (clip < clips.size() && seek_frames >= clips[clip].second) ++clip;
  if (clip < clips.size()) seek_frames = std::max(seek_frames, clips[clip].first);
}

int64_t Session::Impl::clip_end() const { return clip < clips.size() ? clips[clip].second : 0; }

int64_t Session::Impl::audio_frames() const { return audio.total_samples() / kHop_samples; }

int64_t Session::Impl::window_seek() const {
  return vote ? seek_frames + int64_t{kWindow_frames} * windows_heard : seek_frames;
}

bool Session::Impl::lacks_audio() const {
  if (audio.finished() || window_seek() >= clip_end()) return false;
  const int64_t end_frames = std::min(window_seek() + kWindow_frames, clip_end());
  // The last frame of a window reads half a transform beyond its centre.
  return audio.total_samples() < end_frames * kHop_samples + kHalfFft_samples;
}

int64_t Session::Impl::final_frames() const {
  return batch && batch->added() > 0 ? batch->first_frames() : seek_frames;
}

void Session::Impl::discard_past() {
  audio.discard_before(final_frames() * kHop_samples - kHalfFft_samples);
}

void Session::Impl::leave_window(int frames) {
  if (batch && !batch->is_adding()) {
    leave_lane(frames);
    return;
  }
  seek_frames += frames;
  enter_clip();
  discard_past();
  phase = Phase::kWait;
}

bool Session::Impl::begin_window() {
  if (lacks_audio()) return false;
  const int64_t available = std::min(audio_frames(), clip_end()) - window_seek();
  if (available <= 0 && windows_heard > 0 && vote) return settle_language().ok();
  if (available <= 0 && batch && batch->added() > 0) {
    decode_batch();
    return true;
  }
  if (available <= 0) {
    phase = Phase::kDone;
    timings.audio_ms = static_cast<double>(audio.pushed_samples()) / kSampleRate_hz * 1e3;
    return false;
  }
  window_frames = batch ? batch_frames(available)
                        : static_cast<int>(std::min<int64_t>(available, kWindow_frames));
  const bool hears_further = vote && windows_heard > 0;
  if (!hears_further && hear_window()) return true;
  if (hears_further || !skip_silence()) encode_window();
  return true;
}

void Session::Impl::encode_window() {
  compute_mel(window_frames);
  const bool full = options.encoder_window == EncoderWindow::kFull;
  workspace->encoder().begin(window_frames, full ? kUnfolded : options.fold);
  ++timings.windows;
  phase = Phase::kEncode;
}

void Session::Impl::compute_mel(int frames) {
  const Stopwatch watch(timings.mel_ms);
  const TraceScope span(options.trace ? &trace : nullptr, "mel");
  const int64_t first = window_seek() * kHop_samples;
  // Whisper normalises by the loudest frame of the whole file. A stream knows the past only, which
  // gives the same for files of up to one window; those of a batch are as files of their own.
  if (batch) loudest = kSilence_log10;
  loudest = fill_mel(*workspace, audio, first, first + kWindow_samples + kHalfFft_samples, frames,
                     loudest);
  timings.audio_ms =
      original_s(static_cast<double>(window_seek() + frames) * kFrame_s, Side::kBefore) * 1e3;
}

}  // namespace sotto
