#include "stream/options.h"

#include "base/decimal.h"

namespace sotto {

namespace {

Status check(const char* name, double value, double low, double high) {
  if (value >= low && value <= high) return {};
  return mismatch(Code::kInvalidArgument, name, decimal(low) + " to " + decimal(high),
                  decimal(value));
}

}  // namespace

Status validate(const StreamOptions& options) {
  SOTTO_TRY(check("step_ms", options.step_ms, 50, 10000));
  SOTTO_TRY(check("most_share", options.most_share, 0.05, 1));
  SOTTO_TRY(check("align_ms", options.align_ms, 0, 10000));
  SOTTO_TRY(check("align_both_ms", options.align_both_ms, 0, 10000));
  SOTTO_TRY(check("held_back_words", options.held_back_words, 0, 20));
  SOTTO_TRY(check("unsure_probability", options.unsure_probability, 0, 1));
  SOTTO_TRY(check("unsure_agreements", options.unsure_agreements, 1, 100));
  SOTTO_TRY(check("unsure_ms", options.unsure_ms, 0, 20000));
  SOTTO_TRY(check("pause_ms", options.pause_ms, 64, 5000));
  SOTTO_TRY(check("settle_ms", options.settle_ms, options.pause_ms, 20000));
  SOTTO_TRY(check("mark_ms", options.mark_ms, options.settle_ms, 20000));
  SOTTO_TRY(check("utterance_end_ms", options.utterance_end_ms, options.mark_ms, 20000));
  SOTTO_TRY(check("lead_ms", options.lead_ms, 0, 2000));
  // Half of Whisper's text context is for text that came before.
  SOTTO_TRY(check("context_tokens", options.context_tokens, 0, 100));
  SOTTO_TRY(check("kept_ms", options.kept_ms, 0, 20000));
  // A window is cut where that leaves it a second shorter at least.
  SOTTO_TRY(check("window_ms", options.window_ms, options.kept_ms + 1000, 28000));
  return check("most_window_ms", options.most_window_ms, options.window_ms, 29000);
}

}  // namespace sotto
