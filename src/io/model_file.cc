#include "io/model_file.h"

#include <algorithm>
#include <string_view>
#include <unordered_set>

#include "io/ct2_reader.h"
#include "io/ggml_reader.h"
#include "io/sotto_reader.h"

namespace sotto {
namespace {

struct Bound {
  const char* name;
  int value;
  int smallest;
  int largest;
};

// Vectors of the kernels: widths (quant/formats.h) and heads are read 16 inputs at a time.
Status check_width(const char* name, int n_state, int n_head) {
  if (n_state % kPadK != 0) {
    return mismatch(Code::kUnsupported, name, "a multiple of " + std::to_string(kPadK),
                    std::to_string(n_state));
  }
  if (n_state % n_head != 0 || n_state / n_head % kPadK != 0) {
    return mismatch(Code::kUnsupported, std::string(name) + " / heads",
                    "a multiple of " + std::to_string(kPadK),
                    std::to_string(n_state) + " / " + std::to_string(n_head));
  }
  if (n_state / n_head > kMostHeadSize) {
    return mismatch(Code::kUnsupported, std::string(name) + " / heads",
                    "up to " + std::to_string(kMostHeadSize),
                    std::to_string(n_state) + " / " + std::to_string(n_head));
  }
  return {};
}

std::string hex_bytes(const uint8_t* bytes, size_t size) {
  const char* digits = "0123456789abcdef";
  std::string text;
  for (size_t i = 0; i < size; ++i) {
    if (i > 0) text += ' ';
    text += digits[bytes[i] >> 4];
    text += digits[bytes[i] & 15];
  }
  return text;
}

Status check_names(const ModelFile& file) {
  std::unordered_set<std::string_view> names;
  for (const TensorEntry& entry : file.tensors) {
    if (!names.insert(entry.name).second) {
      return Status(Code::kBadFormat, entry.name + ": given twice");
    }
  }
  return {};
}

Result<ModelFile> read_any(ByteSource& source) {
  uint8_t start[8];
  if (source.size_bytes() < sizeof(start)) {
    return mismatch(Code::kTruncated, "model file",
                    "at least " + std::to_string(sizeof(start)) + " bytes",
                    std::to_string(source.size_bytes()));
  }
  SOTTO_TRY(source.read_at(0, start, sizeof(start)));
  if (is_sotto(start)) return read_sotto(source);
  if (is_ggml(start)) return read_ggml(source);
  if (is_ct2(start)) return read_ct2(source);
  return mismatch(Code::kBadFormat, "first bytes of the model",
                  "those of a .sotto, ggml or CTranslate2 file", hex_bytes(start, sizeof(start)));
}

}  // namespace

Status validate(const Hyperparameters& hp) {
  // 256 single bytes, end of text, start of transcript, 99 languages, six tasks and marks and
  // 1501 timestamps are the least that Whisper's vocabulary holds (text/special_tokens.h).
  constexpr int kSmallestVocabulary = 256 + 2 + 99 + 6 + 1501;
  const Bound bounds[] = {
      {"n_mels", hp.n_mels, 1, 512},
      {"n_audio_ctx", hp.n_audio_ctx, 1, 8 * 1500},
      {"n_audio_state", hp.n_audio_state, kPadK, 8 * 1280},
      {"n_audio_head", hp.n_audio_head, 1, 8 * 20},
      {"n_audio_layer", hp.n_audio_layer, 1, 4 * 32},
      {"n_vocab", hp.n_vocab, kSmallestVocabulary, 4 * 51866},
      {"n_text_ctx", hp.n_text_ctx, 1, 8 * 448},
      {"n_text_state", hp.n_text_state, kPadK, 8 * 1280},
      {"n_text_head", hp.n_text_head, 1, 8 * 20},
      {"n_text_layer", hp.n_text_layer, 1, 4 * 32},
  };
  for (const Bound& bound : bounds) {
    if (bound.value < bound.smallest || bound.value > bound.largest) {
      return mismatch(Code::kBadFormat, bound.name,
                      std::to_string(bound.smallest) + " to " + std::to_string(bound.largest),
                      std::to_string(bound.value));
    }
  }
  if (hp.n_text_state != hp.n_audio_state) {
    return mismatch(Code::kUnsupported, "n_text_state (must equal n_audio_state)", hp.n_audio_state,
                    hp.n_text_state);
  }
  SOTTO_TRY(check_width("n_audio_state", hp.n_audio_state, hp.n_audio_head));
  return check_width("n_text_state", hp.n_text_state, hp.n_text_head);
}

const char* format_name(ModelFormat format) {
  switch (format) {
    case ModelFormat::kGgml: return "ggml";
    case ModelFormat::kCTranslate2: return "ctranslate2";
    case ModelFormat::kSotto: return "sotto";
    case ModelFormat::kHuggingFace: return "huggingface";
  }
  return "unknown";
}

const TensorEntry* ModelFile::find(const std::string& name) const {
  const auto found = std::find_if(tensors.begin(), tensors.end(),
                                  [&](const TensorEntry& entry) { return entry.name == name; });
  return found == tensors.end() ? nullptr : &*found;
}

Result<ModelFile> open_model(ByteSource& source) {
  SOTTO_ASSIGN(ModelFile file, read_any(source));
  SOTTO_TRY(check_names(file));
  return file;
}

}  // namespace sotto
