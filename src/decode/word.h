// A word with its time.
#pragma once

#include <string>
#include <string_view>

namespace sotto {

// Punctuation that goes to the word after it, and to the one before it (`prepend_punctuations`,
// `append_punctuations`).
inline constexpr std::string_view kPrependPunctuations = "\"'“¿([{-";
inline constexpr std::string_view kAppendPunctuations = "\"'.。,，!！?？:：”)]}、";

// Punctuation belongs to the word that it stands at.
struct Word {
  double start_s = 0;
  double end_s = 0;
  std::string word;       // begins with a space where the model wrote one
  float probability = 0;  // mean of its tokens'
};

}  // namespace sotto
