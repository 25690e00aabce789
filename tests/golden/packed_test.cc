// Models whose decoder stays packed, on real speech: whisper.cpp's own tiny.en in q8_0, and base
// written as ggml in each type that can be kept, against the words of int8 tiles.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "engine.h"
#include "golden/reference_model.h"
#include "io/file_io.h"
#include "io/tiktoken.h"
#include "unit/io/fixture_bytes.h"
#include "unit/support/k_matrices.h"
#include "unit/support/k_quantizer.h"

using namespace sotto;

namespace {

const std::string kRoot = SOTTO_SOURCE_DIR;

// openai-whisper's words for the clip, by tiny.en and by base.
constexpr const char* kWords =
    "and so my fellow americans ask not what your country can do for you ask what you can do for "
    "your country";

bool is_absent(const std::string& path) {
  if (FileSource::open(path).ok()) return false;
  MESSAGE("skipped: no " << path.substr(kRoot.size() + 1));
  return true;
}

int32_t ggml_type(DType dtype) {
  switch (dtype) {
    case DType::kF16: return 1;
    case DType::kQ8_0: return 8;
    case DType::kQ4_K: return 12;
    case DType::kQ5_K: return 13;
    default: return 14;  // q6_K
  }
}

void put_header(const ModelFile& model, const std::vector<std::string>& vocabulary,
                test::FixtureBytes& out) {
  const Hyperparameters& hp = model.header.hp;
  const int bins = 201, version_2 = 2000;
  out.number(uint32_t{0x67676d6c});
  for (const int value :
       {hp.n_vocab, hp.n_audio_ctx, hp.n_audio_state, hp.n_audio_head, hp.n_audio_layer,
        hp.n_text_ctx, hp.n_text_state, hp.n_text_head, hp.n_text_layer, hp.n_mels, version_2}) {
    out.number(static_cast<int32_t>(value));
  }
  out.number(static_cast<int32_t>(hp.n_mels));
  out.number(static_cast<int32_t>(bins));
  // Readers bring filters of their own.
  out.data.resize(out.data.size() + sizeof(float) * static_cast<size_t>(hp.n_mels * bins));
  out.number(static_cast<int32_t>(vocabulary.size()));
  for (const std::string& token : vocabulary) {
    out.number(static_cast<uint32_t>(token.size()));
    out.raw(token);
  }
}

// As whisper.cpp's quantize does: matrices in `dtype`, everything else in f32.
void put_tensor(ByteSource& source, const TensorEntry& entry, DType dtype,
                test::FixtureBytes& out) {
  const bool quantised = is_linear_weight(entry);
  out.number(static_cast<int32_t>(entry.rank));
  out.number(static_cast<int32_t>(entry.name.size()));
  out.number(quantised ? ggml_type(dtype) : int32_t{0});
  for (int i = entry.rank; i-- > 0;) out.number(entry.dims[i]);
  out.raw(entry.name);
  const size_t cols = static_cast<size_t>(entry.cols());
  const Status status =
      read_tensor_f32(source, entry, 64, [&](const float* rows, int /*first*/, int count) {
        const std::vector<float> values(rows, rows + static_cast<size_t>(count) * cols);
        if (!quantised) {
          for (const float value : values) out.number(value);
        } else if (dtype == DType::kF16) {
          for (const float value : values) out.number(f32_to_f16(value));
        } else {
          out.raw(test::encode_blocks(values, dtype));
        }
      });
  REQUIRE_MESSAGE(status.ok(), status.message());
}

std::vector<uint8_t> base_as_ggml(DType dtype) {
  auto source = FileSource::open(kRoot + "/.cache/assets/base/model.bin");
  auto tokens = FileSource::open(kRoot + "/.cache/assets/whisper/multilingual.tiktoken");
  REQUIRE(source.ok());
  REQUIRE_MESSAGE(tokens.ok(), tokens.status().message());
  const auto model = open_model(source.value());
  REQUIRE_MESSAGE(model.ok(), model.status().message());
  const auto vocabulary = read_tiktoken(tokens.value());
  REQUIRE_MESSAGE(vocabulary.ok(), vocabulary.status().message());
  test::FixtureBytes out;
  put_header(model.value(), vocabulary.value(), out);
  for (const TensorEntry& entry : model.value().tensors) {
    put_tensor(source.value(), entry, dtype, out);
  }
  return std::move(out.data);
}

struct Transcript {
  std::string words;  // without case and punctuation
  double weights_mb = 0;
};

Transcript transcribe(ByteSource& source, KeepPacked keep_packed) {
  EngineOptions options;
  options.keep_packed = keep_packed;
  auto engine = Engine::load(source, options);
  REQUIRE_MESSAGE(engine.ok(), engine.status().message());
  auto session = engine.value()->new_session({});
  REQUIRE_MESSAGE(session.ok(), session.status().message());
  int rate_hz = 0;
  const auto samples = test::read_wav(test::clip_path(), rate_hz);
  REQUIRE_MESSAGE(samples.ok(), samples.status().message());
  REQUIRE(session.value()->push(samples.value(), rate_hz).ok());
  REQUIRE(session.value()->finish().ok());
  const Status status = session.value()->step(0);
  REQUIRE_MESSAGE(status.ok(), status.message());
  Transcript out;
  out.weights_mb = static_cast<double>(engine.value()->info().weights_bytes) * 1e-6;
  for (const Segment& segment : session.value()->segments()) {
    for (const char c : segment.text) {
      if (c >= 'A' && c <= 'Z') out.words.push_back(static_cast<char>(c - 'A' + 'a'));
      if ((c >= 'a' && c <= 'z') || c == ' ') out.words.push_back(c);
    }
  }
  if (out.words.starts_with(' ')) out.words.erase(0, 1);
  return out;
}

}  // namespace

TEST_CASE("golden packed: whisper.cpp's tiny.en in q8_0, kept and as int8 tiles") {
  const std::string path = kRoot + "/../shared/peers/models/tiny.en-q8_0.bin";
  if (is_absent(path)) return;
  for (const KeepPacked keep_packed : {KeepPacked::kAll, KeepPacked::kNone}) {
    auto source = FileSource::open(path);
    REQUIRE(source.ok());
    CHECK(transcribe(source.value(), keep_packed).words == kWords);
  }
}

TEST_CASE("golden packed: base in every type that is kept says the same words") {
  if (is_absent(kRoot + "/.cache/assets/base/model.bin")) return;
  double int8_mb = 0;
  {
    const std::vector<uint8_t> bytes = base_as_ggml(DType::kF16);
    MemorySource source(bytes);
    const Transcript int8 = transcribe(source, KeepPacked::kAll);
    CHECK(int8.words == kWords);
    int8_mb = int8.weights_mb;
  }
  for (const DType dtype : test::kPackedTypes) {
    const std::vector<uint8_t> bytes = base_as_ggml(dtype);
    MemorySource source(bytes);
    const Transcript packed = transcribe(source, KeepPacked::kAll);
    MESSAGE(std::string(dtype_name(dtype))
            << ": weights of " << packed.weights_mb << " MB, int8 " << int8_mb);
    CHECK(packed.words == kWords);
    if (dtype != DType::kQ8_0) CHECK(packed.weights_mb < int8_mb);
    MemorySource again(bytes);
    CHECK(transcribe(again, KeepPacked::kNone).words == kWords);
  }
}
