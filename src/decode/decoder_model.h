// Whisper's decoder as the model of a search.
#pragma once

#include "decode/token_model.h"
#include "model/decoder.h"

namespace sotto {

// Borrows all it is given; hears the audio in the cross cache.
class DecoderModel final : public TokenModel {
 public:
  static_assert(kMaxFeed_tokens <= Decoder::kMaxBatch_tokens);

  DecoderModel(Decoder& decoder, KvCache& past, const CrossCache& audio)
      : decoder_(decoder), past_(past), audio_(audio) {}

  int n_vocab() const override { return decoder_.n_vocab(); }
  int capacity_tokens() const override { return past_.capacity_tokens(); }
  void keep(int tokens) override { past_.keep(tokens); }
  Status feed(std::span<const int> tokens) override {
    return decoder_.forward(tokens, past_, audio_);
  }
  Status step(std::span<const int> tokens) override { return decoder_.step(tokens, past_, audio_); }
  void select(std::span<const int> sources) override { past_.select(sources); }
  void score(int first, const ScoreTable& scores) override { decoder_.score(first, scores); }

 private:
  Decoder& decoder_;
  KvCache& past_;
  const CrossCache& audio_;
};

}  // namespace sotto
