// Greedy search: the most probable token, one after another, until the end of the text.
// Source: openai-whisper, decoding.py, GreedyDecoder with temperature 0 and DecodingTask.
#pragma once

#include <span>
#include <vector>

#include "base/status.h"
#include "decode/logits_rules.h"
#include "model/decoder.h"

namespace sotto {

// What the model said about one window.
struct DecodedWindow {
  std::vector<int> tokens;   // sampled, without prompt and end of text
  float avg_logprob = 0;     // sum of log-probabilities over tokens + 1, the end of text included
  float no_speech_prob = 0;  // of <|nospeech|> in place of the first token
  float temperature = 0;
};

// What the decoder is told before it samples.
struct Prompt {
  std::vector<int> tokens;  // [<|startofprev|>, previous text,] <|startoftranscript|>, ...
  int sot_index = 0;        // where <|startoftranscript|> stands
};

// One window at a time, one decoder pass per step. Borrows all it is given.
class GreedySearch {
 public:
  // `logits` is scratch of n_vocab floats.
  GreedySearch(Decoder& decoder, KvCache& past, const CrossCache& audio, std::span<float> logits)
      : decoder_(decoder), past_(past), audio_(audio), logits_(logits) {}

  // Starts on the audio in the cross cache. `rules` must stay until the search is done. At most
  // `max_tokens` are sampled, and no more than the text context holds.
  void begin(const Prompt& prompt, const LogitsRules& rules, int max_tokens);
  // One pass over a part of the prompt, or one token. True when the window is done.
  Result<bool> step();
  const DecodedWindow& result() const { return result_; }

 private:
  Status feed_prompt();
  void sample(int row);

  Decoder& decoder_;
  KvCache& past_;
  const CrossCache& audio_;
  std::span<float> logits_;
  Prompt prompt_;
  const LogitsRules* rules_ = nullptr;
  int max_tokens_ = 0;
  double sum_logprob_ = 0;
  bool done_ = false;
  DecodedWindow result_;
};

}  // namespace sotto
