// Detection of a session's language, before its first window.
#include "engine/session_impl.h"
#include "text/languages.h"

namespace sotto {

Status Session::Impl::listen_to_language() {
  const TraceScope span(options.trace ? &trace : nullptr, "decode: language");
  Decoder& decoder = workspace->decoder();
  workspace->past().clear();
  const int sot = rules.special.sot;
  SOTTO_TRY(decoder.forward(std::span(&sot, 1), workspace->past(), workspace->cross()));
  decoder.logits(0, workspace->logits().data());
  const bool sure = vote->add(rank_languages(rules.special, workspace->logits()));
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
  prompt.start[1] = rules.special.first_language + find_language(language_code);
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
