#include "cli/session_flags.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace sotto;

namespace {

// The options that a command is run with.
SessionOptions parsed(std::vector<const char*> arguments) {
  SessionOptions session;
  std::string file;
  CommandLine line("a program");
  bool ran = false;
  const Flags flags = line.add("command", "what it does", [&] {
    ran = true;
    return 0;
  });
  flags.option("file", file, "an argument");
  add_session_options(flags, session);
  arguments.insert(arguments.begin(), {"program", "command"});
  CHECK(line.run(static_cast<int>(arguments.size()), arguments.data()) == 0);
  CHECK(ran);
  return session;
}

}  // namespace

TEST_CASE("flags: what is not said keeps its default") {
  const SessionOptions session = parsed({}), plain;
  CHECK(session.temperatures == plain.temperatures);
  CHECK(session.suppress_tokens == plain.suppress_tokens);
  CHECK(session.suppress_blank);
  CHECK(session.condition_on_previous_text);
  CHECK_FALSE(session.length_penalty);
}

TEST_CASE("flags: prompts") {
  const SessionOptions session =
      parsed({"--initial-prompt", "a b", "--prefix", "c", "--hotwords", "d",
              "--no-condition-on-previous-text", "--prompt-reset-on-temperature", "0.25"});
  CHECK(session.initial_prompt == "a b");
  CHECK(session.prefix == "c");
  CHECK(session.hotwords == "d");
  CHECK_FALSE(session.condition_on_previous_text);
  CHECK(session.prompt_reset_on_temperature == 0.25f);
}

TEST_CASE("flags: search") {
  const SessionOptions session =
      parsed({"--beam-size", "5", "--patience", "2", "--best-of", "3", "--length-penalty", "0.5",
              "--temperatures", "0,0.5", "--compression-ratio-threshold", "2",
              "--log-prob-threshold=-2", "--no-speech-threshold", "0.5", "--seed", "7"});
  CHECK(session.beam_size == 5);
  CHECK(session.patience == 2);
  CHECK(session.best_of == 3);
  CHECK(session.length_penalty == 0.5f);
  CHECK(session.temperatures == std::vector<float>{0, 0.5f});
  CHECK(session.compression_ratio_threshold == 2);
  CHECK(session.log_prob_threshold == -2);
  CHECK(session.no_speech_threshold == 0.5f);
  CHECK(session.seed == 7);
}

TEST_CASE("flags: rules") {
  const SessionOptions session = parsed(
      {"--repetition-penalty", "1.5", "--no-repeat-ngram-size", "3", "--suppress-tokens", "1,2",
       "--no-suppress-blank", "--max-initial-timestamp", "2.5", "--max-new-tokens", "9"});
  CHECK(session.repetition_penalty == 1.5f);
  CHECK(session.no_repeat_ngram_size == 3);
  CHECK(session.suppress_tokens == std::vector<int>{1, 2});
  CHECK_FALSE(session.suppress_blank);
  CHECK(session.max_initial_timestamp_s == 2.5f);
  CHECK(session.max_new_tokens == 9);
  CHECK(parsed({"--suppress-blank"}).suppress_blank);
}

TEST_CASE("flags: long files") {
  CHECK(parsed({"--batch-size", "8"}).batch_size == 8);
  CHECK(parsed({}).batch_size == 1);
}

TEST_CASE("flags: language") {
  const SessionOptions session =
      parsed({"--language-detection-threshold", "0.75", "--language-detection-segments", "3"});
  CHECK(session.language_detection_threshold == 0.75f);
  CHECK(session.language_detection_segments == 3);
}

TEST_CASE("flags: words") {
  const SessionOptions session = parsed({"--prepend-punctuations", "a", "--append-punctuations",
                                         "b", "--hallucination-silence-threshold", "2"});
  CHECK(session.hallucination_silence_threshold == 2.0f);
  CHECK(session.prepend_punctuations == "a");
  CHECK(session.append_punctuations == "b");
}

TEST_CASE("flags: where to listen") {
  const SessionOptions session =
      parsed({"--vad", "--clip-timestamps", "1,2", "--vad-threshold", "0.25", "--vad-neg-threshold",
              "0.125", "--vad-min-speech-ms", "3", "--vad-min-silence-ms", "4",
              "--vad-speech-pad-ms", "5", "--vad-max-speech-s", "6"});
  CHECK(session.vad == Vad::kOn);
  CHECK(parsed({"--no-vad"}).vad == Vad::kOff);
  CHECK(session.clip_timestamps.size() == 2);
  CHECK(session.vad_options.threshold == 0.25f);
  CHECK(session.vad_options.neg_threshold == 0.125f);
  CHECK(session.vad_options.min_speech_ms == 3);
  CHECK(session.vad_options.min_silence_ms == 4);
  CHECK(session.vad_options.speech_pad_ms == 5);
  CHECK(session.vad_options.max_speech_s == 6);
}

TEST_CASE("flags: a list ends with its argument") {
  CHECK(parsed({"--temperatures", "0", "a.wav"}).temperatures == std::vector<float>{0});
}
