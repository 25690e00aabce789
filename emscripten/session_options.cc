#include "session_options.h"

#include <string>
#include <vector>

namespace sotto {

namespace {

using emscripten::val;

template <class T>
void read_field(const val& js, const char* name, T& field) {
  const val value = js[name];
  if (!value.isUndefined()) field = value.as<T>();
}

template <class T>
void read_numbers(const val& js, const char* name, std::vector<T>& field) {
  const val value = js[name];
  if (!value.isUndefined()) field = emscripten::convertJSArrayToNumberVector<T>(value);
}

void read_search(const val& js, SessionOptions& options) {
  read_field(js, "beamSize", options.beam_size);
  read_field(js, "patience", options.patience);
  read_field(js, "bestOf", options.best_of);
  float penalty = -1;
  read_field(js, "lengthPenalty", penalty);
  if (penalty >= 0) options.length_penalty = penalty;
  read_numbers(js, "temperatures", options.temperatures);
  read_field(js, "compressionRatioThreshold", options.compression_ratio_threshold);
  read_field(js, "logProbThreshold", options.log_prob_threshold);
  read_field(js, "noSpeechThreshold", options.no_speech_threshold);
  // A whole number, of which JavaScript has those up to 2^53.
  double seed = 0;
  read_field(js, "seed", seed);
  options.seed = static_cast<uint64_t>(seed);
}

}  // namespace

SessionOptions parse_session_options(const val& js) {
  SessionOptions options;
  std::string task = "transcribe", timestamps = "segment", window = "auto";
  read_field(js, "task", task);
  read_field(js, "timestamps", timestamps);
  read_field(js, "encoderWindow", window);
  options.task = task == "translate" ? Task::kTranslate : Task::kTranscribe;
  options.timestamps = timestamps == "none" ? Timestamps::kNone : Timestamps::kSegment;
  options.encoder_window = window == "full" ? EncoderWindow::kFull : EncoderWindow::kAuto;
  read_field(js, "language", options.language);
  read_field(js, "initialPrompt", options.initial_prompt);
  read_field(js, "prefix", options.prefix);
  read_field(js, "hotwords", options.hotwords);
  read_field(js, "conditionOnPreviousText", options.condition_on_previous_text);
  read_field(js, "promptResetOnTemperature", options.prompt_reset_on_temperature);
  read_search(js, options);
  read_field(js, "repetitionPenalty", options.repetition_penalty);
  read_field(js, "noRepeatNgramSize", options.no_repeat_ngram_size);
  read_numbers(js, "suppressTokens", options.suppress_tokens);
  read_field(js, "suppressBlank", options.suppress_blank);
  read_field(js, "maxInitialTimestampS", options.max_initial_timestamp_s);
  read_field(js, "maxNewTokens", options.max_new_tokens);
  read_field(js, "trace", options.trace);
  return options;
}

}  // namespace sotto
