#include "engine/options.h"

#include <cmath>
#include <limits>
#include <string>

#include "base/decimal.h"
#include "model/decoder.h"

namespace sotto {

namespace {

constexpr float kAny = std::numeric_limits<float>::infinity();
// The least that a factor may be, which is above 0.
constexpr float kLeastFactor = 0.01f;
// A year of audio: frames of that fit an int64_t by far.
constexpr double kMostClip_s = 365 * 86400.0;
// More attempts than that are no fallback.
constexpr size_t kMostTemperatures = 32;

std::string shown(float value) { return value == kAny ? "any number" : decimal(value); }

Status check_float(const char* name, float value, float low, float high) {
  if (value >= low && value <= high) return {};
  return mismatch(Code::kInvalidArgument, name, decimal(low) + " to " + shown(high),
                  decimal(value));
}

Status check_int(const char* name, int value, int low, int high) {
  if (value >= low && value <= high) return {};
  return mismatch(Code::kInvalidArgument, name, std::to_string(low) + " to " + std::to_string(high),
                  std::to_string(value));
}

Status check_search(const SessionOptions& options) {
  SOTTO_TRY(check_int("beam_size", options.beam_size, 1, KvCache::kMaxHypotheses));
  SOTTO_TRY(check_int("best_of", options.best_of, 1, KvCache::kMaxHypotheses));
  SOTTO_TRY(check_float("patience", options.patience, kLeastFactor, 100));
  if (options.length_penalty) {
    SOTTO_TRY(check_float("length_penalty", *options.length_penalty, 0, 1));
  }
  const size_t count = options.temperatures.size();
  if (count < 1 || count > kMostTemperatures) {
    return mismatch(Code::kInvalidArgument, "temperatures",
                    "1 to " + std::to_string(kMostTemperatures) + " numbers",
                    std::to_string(count));
  }
  for (float temperature : options.temperatures) {
    SOTTO_TRY(check_float("temperatures", temperature, 0, 10));
  }
  SOTTO_TRY(
      check_float("compression_ratio_threshold", options.compression_ratio_threshold, 0, kAny));
  SOTTO_TRY(check_float("log_prob_threshold", options.log_prob_threshold, -1e6f, 0));
  SOTTO_TRY(check_float("no_speech_threshold", options.no_speech_threshold, 0, 1));
  return check_float("prompt_reset_on_temperature", options.prompt_reset_on_temperature, 0, kAny);
}

Status check_words(const SessionOptions& options) {
  const std::optional<float>& threshold = options.hallucination_silence_threshold;
  if (!threshold) return {};
  if (options.batch_size > 1) {
    return mismatch(Code::kInvalidArgument, "hallucination_silence_threshold",
                    "batch_size 1, as it moves windows", std::to_string(options.batch_size));
  }
  if (options.timestamps != Timestamps::kWord) {
    return mismatch(Code::kInvalidArgument, "hallucination_silence_threshold",
                    "timestamps of words, by which it is told", "none");
  }
  return check_float("hallucination_silence_threshold", *threshold, 0, kAny);
}

Status check_language(const SessionOptions& options) {
  // An hour and a half of windows.
  constexpr int kMostSegments = 180;
  SOTTO_TRY(
      check_float("language_detection_threshold", options.language_detection_threshold, 0, 1));
  return check_int("language_detection_segments", options.language_detection_segments, 1,
                   kMostSegments);
}

Status check_rules(const SessionOptions& options, const Hyperparameters& hp) {
  SOTTO_TRY(check_float("repetition_penalty", options.repetition_penalty, kLeastFactor, 100));
  SOTTO_TRY(check_int("no_repeat_ngram_size", options.no_repeat_ngram_size, 0, hp.n_text_ctx));
  for (int token : options.suppress_tokens) {
    SOTTO_TRY(check_int("suppress_tokens", token, kNonSpeechTokens, hp.n_vocab - 1));
  }
  SOTTO_TRY(check_float("max_initial_timestamp_s", options.max_initial_timestamp_s, 0, 30));
  return check_int("max_new_tokens", options.max_new_tokens, 0, hp.n_text_ctx);
}

Status check_clips(const SessionOptions& options) {
  if (options.clip_timestamps.empty()) return {};
  if (options.vad == Vad::kOn) {
    return mismatch(Code::kInvalidArgument, "clip_timestamps", "none where silence is left out",
                    "some");
  }
  double last_s = 0;
  for (size_t i = 0; i < options.clip_timestamps.size(); ++i) {
    const double time_s = options.clip_timestamps[i];
    // Clips may touch, but begin and end apart. What is not a number is neither.
    const bool follows = i % 2 == 0 ? time_s >= last_s : time_s > last_s;
    if (!follows || time_s > kMostClip_s) {
      return mismatch(Code::kInvalidArgument, "clip_timestamps", "seconds that increase from 0 on",
                      decimal(time_s));
    }
    last_s = time_s;
  }
  return {};
}

}  // namespace

FallbackOptions fallback_options(const SessionOptions& options) {
  FallbackOptions fallback;
  fallback.temperatures = options.temperatures;
  fallback.compression_ratio_threshold = options.compression_ratio_threshold;
  fallback.log_prob_threshold = options.log_prob_threshold;
  fallback.no_speech_threshold = options.no_speech_threshold;
  fallback.beam = {options.beam_size, options.patience, options.length_penalty};
  fallback.sampling = {options.best_of, options.length_penalty};
  fallback.seed = options.seed;
  return fallback;
}

Status validate_options(const SessionOptions& options, const Hyperparameters& hp) {
  SOTTO_TRY(check_search(options));
  SOTTO_TRY(check_int("batch_size", options.batch_size, 1, Decoder::kMaxBatch_tokens));
  SOTTO_TRY(check_rules(options, hp));
  SOTTO_TRY(check_language(options));
  SOTTO_TRY(check_words(options));
  SOTTO_TRY(validate(options.vad_options));
  SOTTO_TRY(check_clips(options));
  if (options.fold.margin_positions < 0) {
    return mismatch(Code::kInvalidArgument, "fold.margin_positions", "0 or more",
                    std::to_string(options.fold.margin_positions));
  }
  if (options.fold.stride < 1) {
    return mismatch(Code::kInvalidArgument, "fold.stride", "1 or more",
                    std::to_string(options.fold.stride));
  }
  return {};
}

}  // namespace sotto
