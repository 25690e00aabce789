#include "engine/prompt.h"

#include <algorithm>
#include <climits>
#include <cmath>

#include "text/languages.h"

namespace sotto {

namespace {

// Timestamps are 0.02 s apart.
constexpr float kTimestampStep_s = 0.02f;

// Of "auto" the first, until the language is detected.
Result<int> language_token(const SpecialTokens& special, const std::string& language) {
  const int index = language == "auto" ? 0 : find_language(language);
  if (index < 0 || index >= special.language_count) {
    return mismatch(Code::kInvalidArgument, "language",
                    "auto or a language of the model, such as en", language);
  }
  if (!special.multilingual && index != find_language("en")) {
    return mismatch(Code::kInvalidArgument, "language", "en, the model knows English only",
                    language);
  }
  return special.first_language + index;
}

// Tokens of a text without the space around it, after the one that words begin with: at most `most`
// of them.
std::vector<int> encode_text(const Tokenizer& tokenizer, const std::string& text, int most) {
  constexpr const char* kSpace = " \t\n\v\f\r";
  const size_t first = text.find_first_not_of(kSpace);
  if (first == std::string::npos) return {};
  const size_t last = text.find_last_not_of(kSpace);
  std::vector<int> tokens = tokenizer.encode(" " + text.substr(first, last - first + 1));
  if (static_cast<int>(tokens.size()) > most) tokens.resize(std::max(most, 0));
  return tokens;
}

}  // namespace

Result<PromptParts> make_prompt_parts(const Tokenizer& tokenizer, const SessionOptions& options,
                                      int n_text_ctx) {
  const SpecialTokens& special = tokenizer.special();
  SOTTO_ASSIGN(const int language, language_token(special, options.language));
  if (!special.multilingual && options.task == Task::kTranslate) {
    return mismatch(Code::kInvalidArgument, "task", "transcribe, the model knows English only",
                    "translate");
  }
  PromptParts parts;
  parts.sot_prev = special.sot_prev;
  parts.most_previous = std::max(n_text_ctx / 2 - 1, 0);
  parts.initial = encode_text(tokenizer, options.initial_prompt, INT_MAX);
  parts.hotwords = encode_text(tokenizer, options.hotwords, parts.most_previous);
  parts.prefix = encode_text(tokenizer, options.prefix, n_text_ctx / 4);
  parts.start = {special.sot};
  if (special.multilingual) {
    parts.start.push_back(language);
    parts.start.push_back(options.task == Task::kTranslate ? special.translate
                                                           : special.transcribe);
  }
  if (options.timestamps == Timestamps::kNone) {
    parts.start.push_back(special.no_timestamps);
  } else if (!parts.prefix.empty()) {
    parts.prefix.insert(parts.prefix.begin(), special.timestamp_begin);
  }
  return parts;
}

void PromptParts::set_language(const SpecialTokens& special, std::string_view code) {
  start[1] = special.first_language + find_language(code);
}

Prompt make_prompt(const PromptParts& parts, std::span<const int> previous, bool first_window) {
  Prompt prompt;
  std::vector<int>& tokens = prompt.tokens;
  const auto append = [&](std::span<const int> part) {
    tokens.insert(tokens.end(), part.begin(), part.end());
  };
  const bool with_prefix = first_window && !parts.prefix.empty();
  const std::span<const int> hotwords =
      with_prefix ? std::span<const int>() : std::span<const int>(parts.hotwords);
  const size_t room = static_cast<size_t>(parts.most_previous) - hotwords.size();
  const std::span<const int> kept = previous.last(std::min(previous.size(), room));
  if (!hotwords.empty() || !kept.empty()) tokens.push_back(parts.sot_prev);
  append(hotwords);
  append(kept);
  prompt.sot_index = static_cast<int>(tokens.size());
  append(parts.start);
  if (with_prefix) {
    append(parts.prefix);
    prompt.prefix_tokens = static_cast<int>(parts.prefix.size());
  }
  return prompt;
}

LogitsRules make_rules(const Tokenizer& tokenizer, const SessionOptions& options,
                       const std::vector<int>& non_speech_tokens) {
  LogitsRules rules;
  const SpecialTokens& special = tokenizer.special();
  rules.special = special;
  for (int token : options.suppress_tokens) {
    if (token != kNonSpeechTokens) {
      rules.suppressed.push_back(token);
    } else {
      rules.suppressed.insert(rules.suppressed.end(), non_speech_tokens.begin(),
                              non_speech_tokens.end());
    }
  }
  rules.suppressed.insert(rules.suppressed.end(),
                          {special.sot, special.sot_prev, special.sot_lm, special.no_speech,
                           special.transcribe, special.translate});
  if (options.suppress_blank) rules.blank_tokens = tokenizer.encode(" ");
  rules.repetition_penalty = options.repetition_penalty;
  rules.no_repeat_ngram_size = options.no_repeat_ngram_size;
  rules.timestamps = options.timestamps != Timestamps::kNone;
  rules.max_initial_timestamp =
      static_cast<int>(std::lround(options.max_initial_timestamp_s / kTimestampStep_s));
  return rules;
}

}  // namespace sotto
