// What the decoder is told at the beginning of every window.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "decode/search.h"
#include "engine.h"
#include "text/tokenizer.h"

namespace sotto {

// Its parts, which stay the same in all windows of a session.
struct PromptParts {
  std::vector<int> start;     // <|startoftranscript|> [language task] [<|notimestamps|>]
  std::vector<int> initial;   // text before the first window
  std::vector<int> hotwords;  // words that are likely in any window
  std::vector<int> prefix;    // [<|0.00|>] what the first window's text begins with
  int sot_prev = 0;           // <|startofprev|>, before text that came before
  int most_previous = 0;      // tokens of text and hotwords that are told at most

  // Of a multilingual model, whose language was not known when the parts were made.
  void set_language(const SpecialTokens& special, std::string_view code);
};

// Of hotwords the first n_text_ctx / 2 - 1 tokens are kept, of the prefix n_text_ctx / 4, so that
// there is room for what is heard. InvalidArgument where the language or task does not fit the
// model.
Result<PromptParts> make_prompt_parts(const Tokenizer& tokenizer, const SessionOptions& options,
                                      int n_text_ctx);

// [<|startofprev|> hotwords previous] start prefix
//
// Of `previous`, the text so far, the last tokens that there is room for are told: n_text_ctx / 2 -
// 1 less the hotwords (openai-whisper, decoding.py, DecodingTask._get_initial_tokens;
// faster-whisper, transcribe.py, get_prompt). The first window has the prefix and then no hotwords.
Prompt make_prompt(const PromptParts& parts, std::span<const int> previous, bool first_window);

// The rules of logits that the options ask for.
LogitsRules make_rules(const Tokenizer& tokenizer, const SessionOptions& options,
                       const std::vector<int>& non_speech_tokens);

}  // namespace sotto
