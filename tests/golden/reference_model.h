// tiny.en and the JFK clip as the golden and the differential tests use them, part by part.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "decode/search.h"
#include "engine/workspace.h"
#include "golden/npy.h"
#include "model/weights.h"
#include "text/tokenizer.h"

namespace sotto::test {

// Files below tests/golden/tiny.en-jfk.
std::string golden_path(const std::string& name);
// The clip, and the model as the set-up converts and as it fetches it.
std::string clip_path();
std::string q8_model_path();
std::string f32_model_path();

struct ReferenceModel {
  ReferenceModel(Weights w, Tokenizer t, std::vector<int> tokens)
      : weights(std::move(w)), tokenizer(std::move(t)), non_speech_tokens(std::move(tokens)) {}

  Weights weights;
  Tokenizer tokenizer;
  std::vector<int> non_speech_tokens;
  ThreadPool caller_only{1};
  std::unique_ptr<Workspace> workspace;
};

// int8 as the product runs it, or with f32 linear layers.
Result<std::unique_ptr<ReferenceModel>> open_reference_model(bool q8);

// Fills the encoder's input from mel.npy; what lies behind the clip is silence.
Status fill_golden_mel(Encoder& encoder);

// The encoder's residual stream [n_audio_ctx, n_state] after each of its parts.
struct EncoderStates {
  std::vector<float> stem;                 // what the first block reads
  std::vector<std::vector<float>> blocks;  // what each writes
  std::vector<float> out;
};
EncoderStates run_encoder(Encoder& encoder);

// Keys and values of what the encoder holds.
void run_cross(Workspace& workspace);

// Prompt and rules of a decoding without timestamps, as steps.txt was made.
Result<Prompt> plain_prompt(const ReferenceModel& model);
LogitsRules plain_rules(const ReferenceModel& model);

// Every sample of a mono WAV.
Result<std::vector<float>> read_wav(const std::string& path, int& sample_rate_hz);

}  // namespace sotto::test
