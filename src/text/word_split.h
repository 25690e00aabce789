// Where the tokens of a text are cut into words. Source: openai-whisper, tokenizer.py,
// split_to_word_tokens.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/tokenizer.h"

namespace sotto {

struct WordTokens {
  std::string text;  // begins with a space where the model wrote one
  int tokens = 0;
};

// Whether words of the language, a code, are not told by spaces: zh, ja, th, lo, my, yue.
bool is_spaceless(std::string_view language);

// The text of ordinary tokens cut before each space and around punctuation, or, for languages
// without spaces, after every token that completes a character. All tokens are in one word each,
// in their order.
std::vector<WordTokens> split_words(const Tokenizer& tokenizer, std::span<const int> tokens,
                                    bool spaceless);

}  // namespace sotto
