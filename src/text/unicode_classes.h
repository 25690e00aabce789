// The three Unicode properties that GPT-2's splitting pattern asks for.
#pragma once

#include <cstdint>

namespace sotto {

// The values are those of the generated table.
enum class CharClass : uint8_t {
  kOther = 0,   // [^\s\p{L}\p{N}]
  kLetter = 1,  // \p{L}
  kNumber = 2,  // \p{N}
  kSpace = 3,   // \s
};

// As tiktoken's regular expressions see it; kOther above U+10FFFF.
CharClass char_class(uint32_t code_point);

}  // namespace sotto
