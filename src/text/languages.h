// The languages of Whisper in the order of their tokens (openai-whisper's tokenizer.LANGUAGES).
#pragma once

#include <span>
#include <string_view>

namespace sotto {

struct Language {
  std::string_view code;  // ISO 639-1 where there is one, such as "en"
  std::string_view name;  // English, lower case, such as "english"
};

// All 100; models before large-v3 know the first 99.
std::span<const Language> languages();

// Index by code, name or openai-whisper's alias ("castilian"), in any case; -1 where unknown.
int find_language(std::string_view code_or_name);

}  // namespace sotto
