#include "session_options.h"

#include <string>

#include "js_options.h"

namespace sotto {

namespace {

using emscripten::val;

void read_search(const val& js, SessionOptions& options) {
  read_number(js, "beamSize", options.beam_size);
  read_number(js, "patience", options.patience);
  read_number(js, "bestOf", options.best_of);
  const double penalty = number(js, "lengthPenalty", -1);
  if (penalty >= 0) options.length_penalty = static_cast<float>(penalty);
  read_numbers(js, "temperatures", options.temperatures);
  read_number(js, "compressionRatioThreshold", options.compression_ratio_threshold);
  read_number(js, "logProbThreshold", options.log_prob_threshold);
  read_number(js, "noSpeechThreshold", options.no_speech_threshold);
  // A whole number, of which JavaScript has those up to 2^53.
  read_number(js, "seed", options.seed);
}

void read_vad(const val& js, SessionOptions& options) {
  std::string vad = "auto";
  read_text(js, "vad", vad);
  options.vad = vad == "on" ? Vad::kOn : vad == "off" ? Vad::kOff : Vad::kAuto;
  const val js_vad = js["vadOptions"];
  if (js_vad.isUndefined()) return;
  VadOptions& fields = options.vad_options;
  read_number(js_vad, "threshold", fields.threshold);
  const double neg_threshold = number(js_vad, "negThreshold", -1);
  if (neg_threshold >= 0) fields.neg_threshold = neg_threshold;
  read_number(js_vad, "minSpeechMs", fields.min_speech_ms);
  read_number(js_vad, "minSilenceMs", fields.min_silence_ms);
  read_number(js_vad, "speechPadMs", fields.speech_pad_ms);
  read_number(js_vad, "maxSpeechS", fields.max_speech_s);
}

}  // namespace

SessionOptions parse_session_options(const val& js, SessionOptions options) {
  std::string task = "transcribe", timestamps = "segment", window = "auto";
  read_text(js, "task", task);
  read_text(js, "timestamps", timestamps);
  read_text(js, "encoderWindow", window);
  options.task = task == "translate" ? Task::kTranslate : Task::kTranscribe;
  options.timestamps = timestamps == "none"   ? Timestamps::kNone
                       : timestamps == "word" ? Timestamps::kWord
                                              : Timestamps::kSegment;
  read_text(js, "prependPunctuations", options.prepend_punctuations);
  read_text(js, "appendPunctuations", options.append_punctuations);
  const double silence_s = number(js, "hallucinationSilenceThreshold", -1);
  if (silence_s >= 0) options.hallucination_silence_threshold = static_cast<float>(silence_s);
  options.encoder_window = window == "full" ? EncoderWindow::kFull : EncoderWindow::kAuto;
  read_text(js, "language", options.language);
  read_number(js, "languageDetectionThreshold", options.language_detection_threshold);
  read_number(js, "languageDetectionSegments", options.language_detection_segments);
  read_text(js, "initialPrompt", options.initial_prompt);
  read_text(js, "prefix", options.prefix);
  read_text(js, "hotwords", options.hotwords);
  read_flag(js, "conditionOnPreviousText", options.condition_on_previous_text);
  read_number(js, "promptResetOnTemperature", options.prompt_reset_on_temperature);
  read_number(js, "batchSize", options.batch_size);
  read_search(js, options);
  read_number(js, "repetitionPenalty", options.repetition_penalty);
  read_number(js, "noRepeatNgramSize", options.no_repeat_ngram_size);
  read_numbers(js, "suppressTokens", options.suppress_tokens);
  read_flag(js, "suppressBlank", options.suppress_blank);
  read_number(js, "maxInitialTimestampS", options.max_initial_timestamp_s);
  read_number(js, "maxNewTokens", options.max_new_tokens);
  read_numbers(js, "clipTimestamps", options.clip_timestamps);
  read_vad(js, options);
  read_flag(js, "trace", options.trace);
  return options;
}

}  // namespace sotto
