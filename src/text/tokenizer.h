// Byte-level byte pair encoding with GPT-2's splitting pattern, equal to tiktoken's on the tables
// of GPT-2 and of multilingual Whisper.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "text/special_tokens.h"
#include "text/token_table.h"

namespace sotto {

// Immutable after creation.
class Tokenizer {
 public:
  // `vocabulary[i]` holds the bytes of token i, whose rank is i; entries from the end-of-text
  // token on (model files may list specials) are ignored. BadFormat where a single byte has no
  // token or the vocabulary is too short for n_vocab; Unsupported where n_vocab asks for more
  // languages than there are.
  static Result<Tokenizer> create(std::vector<std::string> vocabulary, int n_vocab);

  const SpecialTokens& special() const { return special_; }
  // Bytes of an ordinary token; empty for specials and ids out of range.
  std::string_view bytes(int token) const { return table_.bytes(token); }
  // Tokens of UTF-8 text; specials are never produced. Invalid UTF-8 is encoded byte by byte.
  std::vector<int> encode(std::string_view text) const;
  // Bytes of all ordinary tokens one after another, with invalid UTF-8 replaced by U+FFFD.
  std::string decode(const std::vector<int>& tokens) const;
  // openai-whisper's `non_speech_tokens`: brackets, speaker dashes, music symbols and the like.
  std::vector<int> non_speech_tokens() const;

 private:
  Tokenizer() = default;

  SpecialTokens special_;
  TokenTable table_;  // the ordinary tokens
};

// Text that grows token by token. Bytes of a character that a later token completes are held back
// until it is whole, so that what was given out is always valid UTF-8.
class StreamDecoder {
 public:
  explicit StreamDecoder(const Tokenizer& tokenizer) : tokenizer_(&tokenizer) {}
  // The text that this token completes, perhaps empty.
  std::string push(int token);
  // What was held back, as U+FFFD, and a fresh start.
  std::string finish();

 private:
  const Tokenizer* tokenizer_;
  std::string pending_;
};

}  // namespace sotto
