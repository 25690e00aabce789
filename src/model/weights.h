// The weights of a Whisper model as the encoder and decoder use them.
#pragma once

#include <functional>
#include <vector>

#include "base/arena.h"
#include "base/status.h"
#include "io/byte_reader.h"
#include "io/model_file.h"
#include "model/convolution.h"
#include "model/linear.h"

namespace sotto {

// All pointers below go into the arenas of the Weights that holds the struct.
struct SelfAttentionWeights {
  LayerNormWeights norm;
  Linear query_key_value;  // the three stacked in this order; the key has no bias
  Linear out;
};

struct CrossAttentionWeights {
  LayerNormWeights norm;
  Linear query;
  Linear key_value;  // stacked; the key has no bias
  Linear out;
};

struct MlpWeights {
  LayerNormWeights norm;
  Linear up;    // n_state -> 4 n_state
  Linear down;  // 4 n_state -> n_state
};

struct EncoderLayerWeights {
  SelfAttentionWeights attention;
  MlpWeights mlp;
};

struct DecoderLayerWeights {
  SelfAttentionWeights attention;
  CrossAttentionWeights cross;
  MlpWeights mlp;
};

struct EncoderWeights {
  Convolution conv1, conv2;
  float* positions = nullptr;  // [n_audio_ctx, n_audio_state]
  std::vector<EncoderLayerWeights> layers;
  LayerNormWeights final_norm;
};

struct DecoderWeights {
  Linear tokens;               // [n_vocab, n_text_state]: embedding and output, no bias
  float* positions = nullptr;  // [n_text_ctx, n_text_state]
  std::vector<DecoderLayerWeights> layers;
  LayerNormWeights final_norm;
};

struct Weights {
  Hyperparameters hp;
  bool is_q8 = true;
  EncoderWeights encoder;
  DecoderWeights decoder;
  Arena arena;
  // What was split off the weights that many rows meet at a time, on processors that need it.
  Arena split_arena;

  size_t used_bytes() const { return arena.used_bytes() + split_arena.used_bytes(); }
};

struct WeightOptions {
  // int8 linear layers (quantised here where the file holds floats), or f32.
  bool q8 = true;
  // Called after each tensor with the fraction of the file read; false cancels.
  std::function<bool(double fraction)> on_progress = nullptr;
  // Where `q8` is set: which blocks of ggml files the decoder's layers are kept in, rather than
  // turned into int8 with one scale a row.
  KeepPacked keep_packed = KeepPacked::kKQuants;
};

// Reads every tensor of `file` from `source`, in the order of the file, straight to its place.
// BadFormat names a tensor that is missing, given twice or of another shape than the
// hyperparameters ask for; Cancelled; errors of reading.
Result<Weights> load_weights(ByteSource& source, const ModelFile& file,
                             const WeightOptions& options);

}  // namespace sotto
