// When each token of a window's text is said, and how probable it is: the text goes through the
// decoder once more, and where its alignment heads listen is followed through time.
// Source: openai-whisper, timing.py, find_alignment.
#pragma once

#include <span>
#include <vector>

#include "base/arena.h"
#include "base/status.h"
#include "base/work_list.h"
#include "decode/search.h"
#include "model/decoder.h"
#include "model/query_tap.h"
#include "text/special_tokens.h"

namespace sotto {

struct TokenTimes {
  // The position of 20 ms at which each token begins, and the one at which the last ends: never
  // falling, one more than tokens.
  std::vector<int> first_position;
  // Of each among the tokens of text.
  std::vector<float> probability;
};

// One window at a time. Its memory is taken when it first runs.
class WordAligner {
 public:
  // All borrowed; `past` is overwritten.
  struct Parts {
    Decoder& decoder;
    KvCache& past;
    ScoreRows& scores;
    ThreadPool& pool;
  };

  WordAligner(const Parts& parts, std::span<const AlignmentHead> heads,
              const SpecialTokens& special)
      : parts_(parts), heads_(heads), special_(special) {}
  WordAligner(const WordAligner&) = delete;
  WordAligner& operator=(const WordAligner&) = delete;

  struct Input {
    std::span<const int> start;  // <|startoftranscript|> with language and task
    // To be timed, at least one token; those that the context has no room for are left out.
    std::span<const int> text;
    int positions = 1;  // of the window that the audio fills, from the first
  };
  // `audio` is what the search heard, and must stay until the result is there. OutOfMemory.
  Status begin(const Input& input, const CrossCache& audio);
  // One pass, a few rows of scores, or work until the deadline. True when the result is there.
  // Errors of the decoder.
  Result<bool> run(const Deadline& deadline, Trace* trace);
  const TokenTimes& result() const { return result_; }

 private:
  Status reserve();
  Status feed();
  Status score();
  void add_work();
  void listen(int head, int block);

  Parts parts_;
  const CrossCache* audio_ = nullptr;
  std::span<const AlignmentHead> heads_;
  SpecialTokens special_;

  std::vector<int> tokens_;  // start, <|notimestamps|>, text, <|endoftext|>
  int text_begin_ = 0;       // where the text stands among them
  int n_text_ = 0;
  int positions_ = 0;
  int pass_begin_ = 0, pass_end_ = 0;  // tokens of the last pass
  int scored_ = 0;                     // tokens of text whose probability is there
  Arena arena_;
  QueryTap tap_;
  MatrixF32 weights_;         // [tokens, positions], of one head
  MatrixF32 gain_;            // [text + 1, positions], of all heads
  std::span<uint8_t> moves_;  // [(text + 1) * positions]
  std::span<float> costs_;    // [2 * (text + 2)]
  WorkList work_;
  TokenTimes result_;
};

}  // namespace sotto
