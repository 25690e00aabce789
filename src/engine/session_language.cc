// Detection of a session's language, before its first window.
#include <utility>

#include "engine/session_impl.h"
#include "engine/window_language.h"

namespace sotto {

Status Session::Impl::listen_to_language() {
  const TraceScope span(options.trace ? &trace : nullptr, "decode: language");
  SOTTO_ASSIGN(auto ranked, hear_languages(*workspace, rules.special));
  const bool sure = vote->add(std::move(ranked));
  ++windows_heard;
  const bool more = !audio.finished() || audio_frames() > window_seek();
  if (!sure && windows_heard < options.language_detection_segments && more) {
    phase = Phase::kWait;
    return {};
  }
  return settle_language();
}

Status Session::Impl::settle_language() {
  const LanguageProbability spoken = vote->winner();
  language_code = spoken.code;
  language_probability = spoken.probability;
  language_probabilities = vote->ranked();
  prompt.set_language(rules.special, language_code);
  vote.reset();
  if (windows_heard == 1) {
    // What was heard is the first window.
    return decode_window();
  }
  // They were heard for their language only.
  timings.windows = 0;
  loudest = kSilence_log10;
  phase = Phase::kWait;
  return {};
}

}  // namespace sotto
