#include "live_options.h"

#include <string>
#include <utility>

#include "js_options.h"
#include "session_options.h"

namespace sotto {

LiveOptions parse_live_options(const emscripten::val& js) {
  LiveOptions options;
  StreamOptions& stream = options.stream;
  options.text = parse_session_options(js, std::move(options.text));
  options.text.timestamps = Timestamps::kNone;
  std::string policy = "both";
  read_text(js, "policy", policy);
  stream.policy = policy == "agreement"  ? StreamPolicy::kAgreement
                  : policy == "alignatt" ? StreamPolicy::kAlignAtt
                                         : StreamPolicy::kBoth;
  read_flag(js, "vad", options.vad);
  read_number(js, "foldMarginPositions", options.text.fold.margin_positions);
  read_number(js, "foldStride", options.text.fold.stride);
  read_number(js, "stepMs", stream.step_ms);
  read_number(js, "mostShare", stream.most_share);
  read_number(js, "alignMs", stream.align_ms);
  read_number(js, "alignBothMs", stream.align_both_ms);
  read_number(js, "heldBackWords", stream.held_back_words);
  read_number(js, "unsureProbability", stream.unsure_probability);
  read_number(js, "unsureAgreements", stream.unsure_agreements);
  read_number(js, "unsureMs", stream.unsure_ms);
  read_number(js, "pauseMs", stream.pause_ms);
  read_number(js, "settleMs", stream.settle_ms);
  read_number(js, "markMs", stream.mark_ms);
  read_number(js, "utteranceEndMs", stream.utterance_end_ms);
  read_number(js, "leadMs", stream.lead_ms);
  read_number(js, "windowMs", stream.window_ms);
  read_number(js, "keptMs", stream.kept_ms);
  read_number(js, "contextTokens", stream.context_tokens);
  read_number(js, "mostWindowMs", stream.most_window_ms);
  return options;
}

}  // namespace sotto
