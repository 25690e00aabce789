#include "session_options.h"

#include <string>

namespace sotto {

namespace {

using emscripten::val;

template <class T>
void read_field(const val& js, const char* name, T& field) {
  const val value = js[name];
  if (!value.isUndefined()) field = value.as<T>();
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
  read_field(js, "prompt", options.prompt);
  read_field(js, "suppressBlank", options.suppress_blank);
  read_field(js, "suppressNonSpeech", options.suppress_non_speech);
  read_field(js, "maxInitialTimestampS", options.max_initial_timestamp_s);
  read_field(js, "noSpeechThreshold", options.no_speech_threshold);
  read_field(js, "logProbThreshold", options.log_prob_threshold);
  read_field(js, "maxTokens", options.max_tokens);
  read_field(js, "trace", options.trace);
  return options;
}

}  // namespace sotto
