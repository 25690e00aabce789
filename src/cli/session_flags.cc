#include "cli/session_flags.h"

#include <vector>

namespace sotto {

namespace {

constexpr const char* kSilence = "Where to listen";

// Options of one group of the help, each with its default told.
class Group {
 public:
  Group(CLI::App& command, const char* name) : command_(command), name_(name) {}

  template <typename T>
  void option(const char* flag, T& value, const char* what) {
    command_.add_option(flag, value, what)->group(name_)->capture_default_str();
  }
  // What has no default to tell: an empty text, or none.
  template <typename T>
  void unset(const char* flag, T& value, const char* what) {
    command_.add_option(flag, value, what)->group(name_);
  }
  // Numbers with commas between; what follows is another argument.
  template <typename T>
  void list(const char* flag, std::vector<T>& values, const char* what) {
    command_.add_option(flag, values, what)
        ->group(name_)
        ->delimiter(',')
        ->allow_extra_args(false)
        ->capture_default_str();
  }
  void flag(const char* flags, bool& value, const char* what) {
    command_.add_flag(flags, value, what)->group(name_);
  }

 private:
  CLI::App& command_;
  const char* name_;
};

void add_language(CLI::App& command, SessionOptions& session) {
  Group group(command, "Language");
  group.option("--language-detection-threshold", session.language_detection_threshold,
               "Probability above which a language is taken without hearing another window");
  group.option("--language-detection-segments", session.language_detection_segments,
               "Windows of 30 s that are heard at most to tell the language");
}

void add_prompts(CLI::App& command, SessionOptions& session) {
  Group group(command, "Prompts");
  group.unset("--initial-prompt", session.initial_prompt,
              "Text that came before, to set names and style");
  group.unset("--prefix", session.prefix, "What the first window's text begins with");
  group.unset("--hotwords", session.hotwords, "Words that are likely, told before every window");
  group.flag("--condition-on-previous-text,!--no-condition-on-previous-text",
             session.condition_on_previous_text,
             "Tell each 30 s window the text before it (the default)");
  group.option("--prompt-reset-on-temperature", session.prompt_reset_on_temperature,
               "Do not tell text that was decoded above this temperature");
}

void add_search(CLI::App& command, SessionOptions& session) {
  Group group(command, "Search");
  group.option("--beam-size", session.beam_size,
               "Texts to follow at temperature 0; 1 is greedy search");
  group.option("--patience", session.patience, "Wait for this times beam-size texts to end");
  group.option("--best-of", session.best_of, "Texts to draw above temperature 0");
  group.unset("--length-penalty", session.length_penalty,
              "Rank texts by Google's length penalty, 0 to 1, and not by their mean");
  group.list("--temperatures", session.temperatures,
             "Tried in this order while text is repetitive or improbable; 0 alone to try once");
  group.option("--compression-ratio-threshold", session.compression_ratio_threshold,
               "Compression above which text is repetitive");
  group.option("--log-prob-threshold", session.log_prob_threshold,
               "Mean log-probability below which text is improbable");
  group.option("--no-speech-threshold", session.no_speech_threshold,
               "Probability of silence above which an improbable window is dropped");
  group.option("--seed", session.seed, "Where the random numbers of temperatures above 0 begin");
}

void add_words(CLI::App& command, SessionOptions& session) {
  Group group(command, "Words");
  group.option("--prepend-punctuations", session.prepend_punctuations,
               "With --word-timestamps: what goes to the word after it");
  group.option("--append-punctuations", session.append_punctuations,
               "With --word-timestamps: what goes to the word before it");
  group.unset("--hallucination-silence-threshold", session.hallucination_silence_threshold,
              "With --word-timestamps: skip longer silence beside what seems invented, in s");
}

void add_batch(CLI::App& command, SessionOptions& session) {
  Group group(command, "Long files");
  group.option("--batch-size", session.batch_size,
               "Windows to decode together, without telling them the text before; they are cut "
               "where nobody speaks");
}

void add_rules(CLI::App& command, SessionOptions& session) {
  Group group(command, "Rules");
  group.option("--repetition-penalty", session.repetition_penalty,
               "Above 1, tokens that were said are less probable");
  group.option("--no-repeat-ngram-size", session.no_repeat_ngram_size,
               "As many tokens in a row are not said twice; 0 for no such rule");
  group.list("--suppress-tokens", session.suppress_tokens,
             "Tokens that are never said; -1 for the model's non-speech tokens");
  group.flag("--suppress-blank,!--no-suppress-blank", session.suppress_blank,
             "Never begin a window with a blank or the end (the default)");
  group.option("--max-initial-timestamp", session.max_initial_timestamp_s,
               "Seconds at which a window's first timestamp stands at the latest");
  group.option("--max-new-tokens", session.max_new_tokens,
               "Tokens of a 30 s window at most; 0 for half the text context");
}

void add_vad(CLI::App& command, SessionOptions& session) {
  command
      .add_flag_callback(
          "--vad", [&session] { session.vad = Vad::kOn; },
          "Leave silence out before transcribing; without, it only is given no text")
      ->group(kSilence);
  command
      .add_flag_callback(
          "--no-vad", [&session] { session.vad = Vad::kOff; },
          "Do not listen for speech: the model may invent text in silence and noise")
      ->group(kSilence)
      ->excludes("--vad");
  command
      .add_option("--clip-timestamps", session.clip_timestamps,
                  "Listen there only: START,END,START,END in seconds; everywhere if not given")
      ->group(kSilence)
      ->delimiter(',')
      ->allow_extra_args(false);
  Group group(command, kSilence);
  VadOptions& vad = session.vad_options;
  group.option("--vad-threshold", vad.threshold, "With --vad: probability that begins speech");
  group.unset("--vad-neg-threshold", vad.neg_threshold,
              "Below this, speech may end; the threshold less 0.15 if not given");
  group.option("--vad-min-speech-ms", vad.min_speech_ms, "No longer than that is no speech");
  group.option("--vad-min-silence-ms", vad.min_silence_ms, "Silence that is left out");
  group.option("--vad-speech-pad-ms", vad.speech_pad_ms, "Kept of it before and behind speech");
  group.unset("--vad-max-speech-s", vad.max_speech_s,
              "Longer speech is cut at its longest pause; no limit if not given");
}

}  // namespace

void add_session_options(CLI::App& command, SessionOptions& session) {
  add_language(command, session);
  add_prompts(command, session);
  add_search(command, session);
  add_batch(command, session);
  add_rules(command, session);
  add_words(command, session);
  add_vad(command, session);
}

}  // namespace sotto
