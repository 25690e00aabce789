// Several windows of a session at a time: they are encoded one after another, decoded together, and
// leave in their order. Source: faster-whisper, transcribe.py, BatchedInferencePipeline.
#include <algorithm>
#include <array>
#include <cmath>

#include "engine/options.h"
#include "engine/session_impl.h"

namespace sotto {

namespace {

// Where no pause is known, the window ends in the quietest moment of this length, that of a pause
// between two phrases...
constexpr int kMoment_frames = 20;
// ... in as many frames at the end of the window: later ones would hold little of it, and an
// earlier one leaves more to the next.
constexpr int kEnd_frames = kWindow_frames / 3;

// The frame in the middle of that moment, the last of equals, in samples of as many frames.
int quietest_frame(std::span<const float> samples) {
  std::array<double, kEnd_frames> energy;
  for (int i = 0; i < kEnd_frames; ++i) {
    energy[i] = 0;
    for (const float x : samples.subspan(i * kHop_samples, kHop_samples)) {
      energy[i] += static_cast<double>(x) * x;
    }
  }
  double least = INFINITY;
  int best = kEnd_frames;
  for (int i = 0; i + kMoment_frames <= kEnd_frames; ++i) {
    double sum = 0;
    for (int j = i; j < i + kMoment_frames; ++j) sum += energy[j];
    if (sum > least) continue;
    least = sum;
    best = i + kMoment_frames / 2;
  }
  return best;
}

}  // namespace

Status Session::Impl::make_batch() {
  Batch::Sizes sizes;
  sizes.lanes = options.batch_size;
  const size_t told = std::max(make_prompt(prompt, previous, true).tokens.size(),
                               make_prompt(prompt, previous, false).tokens.size());
  sizes.ready_tokens = static_cast<int>(told) + most_new_tokens();
  const bool samples = std::ranges::any_of(options.temperatures, [](float t) { return t > 0; });
  sizes.hypotheses = std::max(options.beam_size, samples ? options.best_of : 1);
  SOTTO_ASSIGN(batch, Batch::create({engine.weights, *workspace, scores, engine.tokenizer, search},
                                    sizes, fallback_options(options)));
  // The audio of all lanes, until it is certain that nothing of it is heard again.
  audio.reserve(int64_t{kWindow_samples} * (sizes.lanes + 1));
  return {};
}

int Session::Impl::batch_frames(int64_t available_frames) const {
  if (available_frames <= kWindow_frames) return static_cast<int>(available_frames);
  const int64_t begin = seek_frames * kHop_samples;
  const int64_t joint = audio.last_joint(begin + kHop_samples, begin + kWindow_samples);
  if (joint > 0) return static_cast<int>((joint - begin) / kHop_samples);
  const int first = kWindow_frames - kEnd_frames;
  return first + quietest_frame(audio.view(begin + int64_t{first} * kHop_samples,
                                           int64_t{kEnd_frames} * kHop_samples));
}

Batch::Window Session::Impl::waiting_window() const {
  return {seek_frames, window_frames, window_speech, prefix, last_speech_s};
}

void Session::Impl::add_to_batch() {
  // No window knows those before it.
  last_speech_s = static_cast<double>(seek_frames) * kFrame_s;
  batch->add(waiting_window());
  leave_window(window_frames);
  if (batch->added() == batch->lanes()) decode_batch();
}

void Session::Impl::decode_batch() {
  batch->begin(seek_frames);
  take_lane();
}

void Session::Impl::take_lane() {
  const Batch::Window& waiting = batch->lane().window;
  seek_frames = waiting.seek_frames;
  window_frames = waiting.frames;
  window_speech = waiting.speech;
  prefix = waiting.prefix;
  last_speech_s = waiting.last_speech_s;
  phase = Phase::kSearch;
}

// What is left of the lane's window is encoded at once, and decoded with what is left of others.
void Session::Impl::leave_lane(int frames) {
  seek_frames += frames;
  window_frames -= frames;
  if (window_frames == 0) {
    next_lane();
  } else if (!skip_silence()) {
    encode_window();
  }
}

void Session::Impl::next_lane() {
  if (batch->advance(waiting_window())) {
    take_lane();
    return;
  }
  seek_frames = batch->finish(segments);
  phase = Phase::kWait;
  discard_past();
}

}  // namespace sotto
