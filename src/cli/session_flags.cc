#include "cli/session_flags.h"

namespace sotto {
namespace {

void add_language(const Flags& flags, SessionOptions& session) {
  flags.option("--language-detection-threshold", session.language_detection_threshold,
               "Probability above which a language is taken without hearing another window");
  flags.option("--language-detection-segments", session.language_detection_segments,
               "Windows of 30 s that are heard at most to tell the language");
}

void add_prompts(const Flags& flags, SessionOptions& session) {
  flags.option("--initial-prompt", session.initial_prompt,
               "Text that came before, to set names and style");
  flags.option("--prefix", session.prefix, "What the first window's text begins with");
  flags.option("--hotwords", session.hotwords, "Words that are likely, told before every window");
  flags.toggle("--condition-on-previous-text,!--no-condition-on-previous-text",
               session.condition_on_previous_text,
               "Tell each 30 s window the text before it (the default)");
  flags.option("--prompt-reset-on-temperature", session.prompt_reset_on_temperature,
               "Do not tell text that was decoded above this temperature");
}

void add_search(const Flags& flags, SessionOptions& session) {
  flags.option("--beam-size", session.beam_size,
               "Texts to follow at temperature 0; 1 is greedy search");
  flags.option("--patience", session.patience, "Wait for this times beam-size texts to end");
  flags.option("--best-of", session.best_of, "Texts to draw above temperature 0");
  flags.option("--length-penalty", session.length_penalty,
               "Rank texts by Google's length penalty, 0 to 1, and not by their mean");
  flags.option("--temperatures", session.temperatures,
               "Tried in this order while text is repetitive or improbable; 0 alone to try once");
  flags.option("--compression-ratio-threshold", session.compression_ratio_threshold,
               "Compression above which text is repetitive");
  flags.option("--log-prob-threshold", session.log_prob_threshold,
               "Mean log-probability below which text is improbable");
  flags.option("--no-speech-threshold", session.no_speech_threshold,
               "Probability of silence above which an improbable window is dropped");
  flags.option("--seed", session.seed, "Where the random numbers of temperatures above 0 begin");
}

void add_words(const Flags& flags, SessionOptions& session) {
  flags.option("--prepend-punctuations", session.prepend_punctuations,
               "With --word-timestamps: what goes to the word after it");
  flags.option("--append-punctuations", session.append_punctuations,
               "With --word-timestamps: what goes to the word before it");
  flags.option("--hallucination-silence-threshold", session.hallucination_silence_threshold,
               "With --word-timestamps: skip longer silence beside what seems invented, in s");
}

void add_batch(const Flags& flags, SessionOptions& session) {
  flags.option("--batch-size", session.batch_size,
               "Windows to decode together, without telling them the text before; they are cut "
               "where nobody speaks");
}

void add_rules(const Flags& flags, SessionOptions& session) {
  flags.option("--repetition-penalty", session.repetition_penalty,
               "Above 1, tokens that were said are less probable");
  flags.option("--no-repeat-ngram-size", session.no_repeat_ngram_size,
               "As many tokens in a row are not said twice; 0 for no such rule");
  flags.option("--suppress-tokens", session.suppress_tokens,
               "Tokens that are never said; -1 for the model's non-speech tokens");
  flags.toggle("--suppress-blank,!--no-suppress-blank", session.suppress_blank,
               "Never begin a window with a blank or the end (the default)");
  flags.option("--max-initial-timestamp", session.max_initial_timestamp_s,
               "Seconds at which a window's first timestamp stands at the latest");
  flags.option("--max-new-tokens", session.max_new_tokens,
               "Tokens of a 30 s window at most; 0 for half the text context");
}

void add_vad(const Flags& flags, SessionOptions& session) {
  flags.either({"--vad", [&session] { session.vad = Vad::kOn; },
                "Leave silence out before transcribing; without, it only is given no text"},
               {"--no-vad", [&session] { session.vad = Vad::kOff; },
                "Do not listen for speech: the model may invent text in silence and noise"});
  flags.option("--clip-timestamps", session.clip_timestamps,
               "Listen there only: START,END,START,END in seconds; everywhere if not given");
  VadOptions& vad = session.vad_options;
  flags.option("--vad-threshold", vad.threshold, "With --vad: probability that begins speech");
  flags.option("--vad-neg-threshold", vad.neg_threshold,
               "Below this, speech may end; the threshold less 0.15 if not given");
  flags.option("--vad-min-speech-ms", vad.min_speech_ms, "No longer than that is no speech");
  flags.option("--vad-min-silence-ms", vad.min_silence_ms, "Silence that is left out");
  flags.option("--vad-speech-pad-ms", vad.speech_pad_ms, "Kept of it before and behind speech");
  flags.option("--vad-max-speech-s", vad.max_speech_s,
               "Longer speech is cut at its longest pause; no limit if not given");
}

}  // namespace

void add_session_options(const Flags& flags, SessionOptions& session) {
  add_language(flags.under("Language"), session);
  add_prompts(flags.under("Prompts"), session);
  add_search(flags.under("Search"), session);
  add_batch(flags.under("Long files"), session);
  add_rules(flags.under("Rules"), session);
  add_words(flags.under("Words"), session);
  add_vad(flags.under("Where to listen"), session);
}

}  // namespace sotto
