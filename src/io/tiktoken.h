// openai-whisper's vocabulary files, such as `gpt2.tiktoken`: one token a line, its bytes in
// base64, a space, its rank.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "io/byte_reader.h"

namespace sotto {

// The bytes of each token by rank. BadFormat, naming the line, where a line is not of that form
// or the ranks are not 0 to n - 1, each once.
Result<std::vector<std::string>> read_tiktoken(ByteSource& source);

}  // namespace sotto
