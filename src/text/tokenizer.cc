#include "text/tokenizer.h"

#include <algorithm>
#include <span>
#include <utility>

#include "text/byte_pairs.h"
#include "text/languages.h"
#include "text/pretokenize.h"
#include "text/utf8.h"

namespace sotto {
namespace {

// openai-whisper's Tokenizer.non_speech_tokens: suppressed where they are one token.
constexpr std::string_view kSymbols[] = {
    "\"",  "#",  "(",  ")",   "*",   "+",   "/",   ":",  ";",   "<",  "=",  ">",
    "@",   "[",  "\\", "]",   "^",   "_",   "`",   "{",  "|",   "}",  "~",  "「",
    "」",  "『", "』", "<<",  ">>",  "<<<", ">>>", "--", "---", "-(", "-[", "('",
    "(\"", "((", "))", "(((", ")))", "[[",  "]]",  "{{", "}}",  "♪♪", "♪♪♪"};
// Musical symbols may be several tokens; the first is suppressed, which they share with other
// symbols between U+2640 and U+267F.
constexpr std::string_view kMusic[] = {"♩", "♪", "♫", "♬", "♭", "♮", "♯"};
// Allowed between words but not at the beginning of one.
constexpr std::string_view kBetweenWords[] = {" -", " '"};

}  // namespace

Result<Tokenizer> Tokenizer::create(std::vector<std::string> vocabulary, int n_vocab) {
  Tokenizer tokenizer;
  tokenizer.special_ = special_tokens(std::max(n_vocab, 0));
  const SpecialTokens& special = tokenizer.special_;
  if (special.language_count > static_cast<int>(languages().size())) {
    return mismatch(Code::kUnsupported, "languages of the vocabulary (from n_vocab)",
                    "at most " + std::to_string(languages().size()),
                    std::to_string(special.language_count));
  }
  // 256 tokens are the single bytes; fewer ordinary ones cannot encode anything.
  if (special.end_of_text < 256) {
    return mismatch(Code::kBadFormat,
                    "ordinary tokens of a vocabulary of " + std::to_string(n_vocab), "at least 256",
                    std::to_string(special.end_of_text));
  }
  const size_t ordinary = static_cast<size_t>(special.end_of_text);
  if (vocabulary.size() < ordinary) {
    return mismatch(Code::kBadFormat, "entries of the vocabulary",
                    "at least " + std::to_string(ordinary), std::to_string(vocabulary.size()));
  }
  SOTTO_ASSIGN(tokenizer.table_, TokenTable::create(std::span(vocabulary).first(ordinary)));
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    if (tokenizer.table_.find({&c, 1}) < 0) {
      return mismatch(Code::kBadFormat, "vocabulary", "a token for each single byte",
                      "none for byte " + std::to_string(byte));
    }
  }
  return tokenizer;
}

std::vector<int> Tokenizer::encode(std::string_view text) const {
  std::vector<int> tokens;
  while (!text.empty()) {
    const size_t size_bytes = first_piece_bytes(text);
    append_byte_pairs(table_, text.substr(0, size_bytes), tokens);
    text.remove_prefix(size_bytes);
  }
  return tokens;
}

std::string Tokenizer::decode(const std::vector<int>& tokens) const {
  std::string joined;
  for (const int token : tokens) joined += bytes(token);
  std::string text;
  append_valid_utf8(joined, text);
  return text;
}

std::vector<int> Tokenizer::non_speech_tokens() const {
  std::vector<int> tokens;
  const auto add = [&](const std::string& symbol, bool first_of_many) {
    const std::vector<int> encoded = encode(symbol);
    if (encoded.size() == 1 || first_of_many) tokens.push_back(encoded[0]);
  };
  for (const std::string_view text : kBetweenWords) add(std::string(text), true);
  for (const std::string_view symbol : kSymbols) {
    add(std::string(symbol), false);
    add(" " + std::string(symbol), false);
  }
  for (const std::string_view symbol : kMusic) {
    add(std::string(symbol), true);
    add(" " + std::string(symbol), true);
  }
  std::sort(tokens.begin(), tokens.end());
  tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
  return tokens;
}

std::string StreamDecoder::push(int token) {
  pending_ += tokenizer_->bytes(token);
  const size_t held_bytes = incomplete_utf8_tail_bytes(pending_);
  std::string text;
  append_valid_utf8(std::string_view(pending_).substr(0, pending_.size() - held_bytes), text);
  pending_.erase(0, pending_.size() - held_bytes);
  return text;
}

std::string StreamDecoder::finish() {
  std::string text;
  append_valid_utf8(pending_, text);
  pending_.clear();
  return text;
}

}  // namespace sotto
