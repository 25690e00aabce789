#include "golden/reference_model.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "engine/prompt.h"
#include "io/file_io.h"
#include "io/model_file.h"
#include "io/wav.h"

namespace sotto::test {

namespace {

constexpr const char* kRoot = SOTTO_SOURCE_DIR;

// Shorter than any item of work, so that run() comes back after each.
constexpr double kOneItem_ms = 1e-6;

std::vector<float> copy_of(ConstMatrixF32 x) {
  return {x.data, x.data + static_cast<size_t>(x.rows) * x.cols};
}

}  // namespace

std::string golden_path(const std::string& name) {
  return std::string(kRoot) + "/tests/golden/tiny.en-jfk/" + name;
}
std::string clip_path() { return std::string(kRoot) + "/.cache/assets/jfk.wav"; }
std::string q8_model_path() { return std::string(kRoot) + "/models/tiny.en-q8.sotto"; }
std::string f32_model_path() { return std::string(kRoot) + "/.cache/assets/tiny.en/model.bin"; }

Result<std::unique_ptr<ReferenceModel>> open_reference_model(bool q8) {
  // The weights as fetched come without a vocabulary; the converted model has the same one.
  SOTTO_ASSIGN(FileSource q8_source, FileSource::open(q8_model_path()));
  SOTTO_ASSIGN(ModelFile q8_file, open_model(q8_source));
  SOTTO_ASSIGN(Tokenizer tokenizer,
               Tokenizer::create(std::move(q8_file.header.vocabulary), q8_file.header.hp.n_vocab));
  WeightOptions options;
  options.q8 = q8;
  std::unique_ptr<ReferenceModel> model;
  if (q8) {
    SOTTO_ASSIGN(Weights weights, load_weights(q8_source, q8_file, options));
    model = std::make_unique<ReferenceModel>(std::move(weights), std::move(tokenizer),
                                             q8_file.header.suppressed_tokens);
  } else {
    SOTTO_ASSIGN(FileSource source, FileSource::open(f32_model_path()));
    SOTTO_ASSIGN(ModelFile file, open_model(source));
    SOTTO_ASSIGN(Weights weights, load_weights(source, file, options));
    model = std::make_unique<ReferenceModel>(std::move(weights), std::move(tokenizer),
                                             q8_file.header.suppressed_tokens);
  }
  SOTTO_ASSIGN(model->workspace, Workspace::create(model->weights, false, model->caller_only));
  return model;
}

Status fill_golden_mel(Encoder& encoder) {
  SOTTO_ASSIGN(const Array golden, read_npy(golden_path("mel.npy")));
  const MatrixF32 mel = encoder.mel();
  if (golden.cols != mel.cols || golden.rows > mel.rows) {
    return mismatch(Code::kBadFormat, "mel.npy: columns", mel.cols, golden.cols);
  }
  const float silence = *std::min_element(golden.values.begin(), golden.values.end());
  for (int r = 0; r < mel.rows; ++r) {
    if (r < golden.rows) {
      std::copy_n(golden.view().row(r), mel.cols, mel.row(r));
    } else {
      std::fill_n(mel.row(r), mel.cols, silence);
    }
  }
  return {};
}

// The encoder names each stage in a trace; its stream is complete when a stage that writes it has
// given way to the next.
EncoderStates run_encoder(Encoder& encoder) {
  EncoderStates states;
  Trace trace;
  std::string_view stage;
  encoder.begin();
  for (bool done = false; !done;) {
    const bool ends_stem = stage == "encode: conv 2", ends_block = stage == "encode: out, mlp";
    std::vector<float> before;
    if (ends_stem || ends_block) before = copy_of(encoder.states());
    done = encoder.run(Deadline(kOneItem_ms), &trace);
    const std::string_view next = trace.events().empty() ? "" : trace.events().back().name;
    if (next == stage) continue;
    if (ends_stem) states.stem = std::move(before);
    if (ends_block) states.blocks.push_back(std::move(before));
    stage = next;
  }
  states.out = copy_of(encoder.states());
  return states;
}

void run_cross(Workspace& workspace) {
  workspace.cross().begin(workspace.encoder().states(), workspace.encoder().fold().log_count(),
                          workspace.encoder().fold().fine());
  workspace.cross().run(Deadline(), nullptr);
}

namespace {

SessionOptions plain_options() {
  SessionOptions options;
  options.timestamps = Timestamps::kNone;
  return options;
}

}  // namespace

Result<Prompt> plain_prompt(const ReferenceModel& model) {
  SOTTO_ASSIGN(const PromptParts parts,
               make_prompt_parts(model.tokenizer, plain_options(), model.weights.hp.n_text_ctx));
  return make_prompt(parts, {}, true);
}

LogitsRules plain_rules(const ReferenceModel& model) {
  return make_rules(model.tokenizer, plain_options(), model.non_speech_tokens);
}

Result<std::vector<float>> read_wav(const std::string& path, int& sample_rate_hz) {
  SOTTO_ASSIGN(FileSource source, FileSource::open(path));
  SOTTO_ASSIGN(WavReader reader, WavReader::open(source));
  sample_rate_hz = reader.info().sample_rate_hz;
  std::vector<float> samples(reader.info().frames);
  SOTTO_ASSIGN(const size_t count, reader.read(samples));
  samples.resize(count);
  return samples;
}

}  // namespace sotto::test
