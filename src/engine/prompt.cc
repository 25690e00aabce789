#include "engine/prompt.h"

#include <algorithm>
#include <cmath>

#include "text/languages.h"

namespace sotto {

namespace {

// Timestamps are 0.02 s apart.
constexpr float kTimestampStep_s = 0.02f;

Result<int> language_token(const SpecialTokens& special, const std::string& language) {
  const int index = find_language(language);
  if (index < 0 || index >= special.language_count) {
    return mismatch(Code::kInvalidArgument, "language", "a language code of the model, such as en",
                    language);
  }
  if (!special.multilingual && languages()[index].code != "en") {
    return mismatch(Code::kInvalidArgument, "language", "en, the model knows English only",
                    language);
  }
  return special.first_language + index;
}

}  // namespace

Result<Prompt> make_prompt(const Tokenizer& tokenizer, const SessionOptions& options,
                           int n_text_ctx) {
  const SpecialTokens& special = tokenizer.special();
  SOTTO_ASSIGN(const int language, language_token(special, options.language));
  if (!special.multilingual && options.task == Task::kTranslate) {
    return mismatch(Code::kInvalidArgument, "task", "transcribe, the model knows English only",
                    "translate");
  }
  Prompt prompt;
  if (!options.prompt.empty()) {
    // The leading space is openai-whisper's: words begin with one.
    std::vector<int> previous = tokenizer.encode(" " + options.prompt);
    const size_t kept = std::min<size_t>(previous.size(), n_text_ctx / 2 - 1);
    prompt.tokens.push_back(special.sot_prev);
    prompt.tokens.insert(prompt.tokens.end(), previous.end() - kept, previous.end());
  }
  prompt.sot_index = static_cast<int>(prompt.tokens.size());
  prompt.tokens.push_back(special.sot);
  if (special.multilingual) {
    prompt.tokens.push_back(language);
    prompt.tokens.push_back(options.task == Task::kTranslate ? special.translate
                                                             : special.transcribe);
  }
  if (options.timestamps == Timestamps::kNone) prompt.tokens.push_back(special.no_timestamps);
  return prompt;
}

LogitsRules make_rules(const Tokenizer& tokenizer, const SessionOptions& options,
                       const std::vector<int>& non_speech_tokens) {
  LogitsRules rules;
  const SpecialTokens& special = tokenizer.special();
  rules.special = special;
  if (options.suppress_non_speech) rules.suppressed = non_speech_tokens;
  rules.suppressed.insert(rules.suppressed.end(),
                          {special.sot, special.sot_prev, special.sot_lm, special.no_speech,
                           special.transcribe, special.translate});
  if (options.suppress_blank) rules.blank_tokens = tokenizer.encode(" ");
  rules.timestamps = options.timestamps == Timestamps::kSegment;
  rules.max_initial_timestamp =
      static_cast<int>(std::lround(options.max_initial_timestamp_s / kTimestampStep_s));
  return rules;
}

}  // namespace sotto
