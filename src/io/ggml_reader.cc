#include "io/ggml_reader.h"

#include <optional>
#include <utility>

namespace sotto {
namespace {

constexpr uint8_t kMagic[4] = {'l', 'm', 'g', 'g'};  // 0x67676d6c, little endian
// Names in openai-whisper have below 50 bytes, tokens of GPT-2 at most 128.
constexpr size_t kMaxName_bytes = 256;
constexpr size_t kMaxToken_bytes = 4096;
// ggml.h: GGML_QNT_VERSION_FACTOR, and GGML_QNT_VERSION since the blocks have f16 scales.
constexpr int kQuantVersionFactor = 1000;
constexpr int kQuantVersion = 2;

// ggml.h, enum ggml_type.
std::optional<DType> dtype_from_ggml(int32_t type) {
  switch (type) {
    case 0: return DType::kF32;
    case 1: return DType::kF16;
    case 2: return DType::kQ4_0;
    case 3: return DType::kQ4_1;
    case 6: return DType::kQ5_0;
    case 7: return DType::kQ5_1;
    case 8: return DType::kQ8_0;
    case 12: return DType::kQ4_K;
    case 13: return DType::kQ5_K;
    case 14: return DType::kQ6_K;
    case 30: return DType::kBF16;
    default: return std::nullopt;
  }
}

bool is_quantised(DType dtype) {
  return dtype != DType::kF32 && dtype != DType::kF16 && dtype != DType::kBF16;
}

// Returns ftype.
int read_hyperparameters(ByteReader& in, Hyperparameters& hp) {
  for (int* field :
       {&hp.n_vocab, &hp.n_audio_ctx, &hp.n_audio_state, &hp.n_audio_head, &hp.n_audio_layer,
        &hp.n_text_ctx, &hp.n_text_state, &hp.n_text_head, &hp.n_text_layer, &hp.n_mels}) {
    *field = in.i32();
  }
  return in.i32();
}

Status skip_filters(ByteReader& in, const Hyperparameters& hp) {
  const int32_t n_mels = in.i32();
  const int32_t n_fft = in.i32();
  SOTTO_TRY(in.status());
  if (n_mels != hp.n_mels) return mismatch(Code::kBadFormat, "mel filters", hp.n_mels, n_mels);
  // Whisper's transform has 400 points, 201 bins; several times that is absurd.
  if (n_fft < 1 || n_fft > 4096) {
    return mismatch(Code::kBadFormat, "bins of a mel filter", "1 to 4096", std::to_string(n_fft));
  }
  in.skip(uint64_t{4} * static_cast<uint64_t>(n_mels) * static_cast<uint64_t>(n_fft));
  return in.status();
}

// Files list the ordinary tokens, or some of them more; ids beyond follow from n_vocab.
Status read_vocabulary(ByteReader& in, ModelHeader& header) {
  const int32_t count = in.i32();
  SOTTO_TRY(in.status());
  if (count < 0 || count > header.hp.n_vocab) {
    return mismatch(Code::kBadFormat, "tokens listed", "0 to " + std::to_string(header.hp.n_vocab),
                    std::to_string(count));
  }
  for (int32_t i = 0; i < count; ++i) {
    header.vocabulary.push_back(in.string(in.u32(), kMaxToken_bytes));
    SOTTO_TRY(in.status());
  }
  return {};
}

// Dimensions come innermost first; those of a convolution's bias as n x 1.
void set_dims(const uint32_t (&inner_first)[4], int rank, TensorEntry& entry) {
  for (int i = 0; i < rank; ++i) entry.dims[i] = inner_first[rank - 1 - i];
  const bool is_bias = entry.name.ends_with(".bias");
  while (is_bias && rank > 1 && entry.dims[rank - 1] == 1) --rank;
  entry.rank = rank;
}

Status read_tensor_header(ByteReader& in, int quant_version, TensorEntry& entry) {
  const int32_t rank = in.i32();
  const uint32_t name_size = in.u32();
  const int32_t type = in.i32();
  SOTTO_TRY(in.status());
  if (rank < 1 || rank > 4) {
    return mismatch(Code::kBadFormat, "dimensions of a tensor", "1 to 4", std::to_string(rank));
  }
  uint32_t inner_first[4] = {1, 1, 1, 1};
  for (int i = 0; i < rank; ++i) inner_first[i] = in.u32();
  entry.name = in.string(name_size, kMaxName_bytes);
  SOTTO_TRY(in.status());
  set_dims(inner_first, rank, entry);

  const std::optional<DType> dtype = dtype_from_ggml(type);
  if (!dtype) {
    return mismatch(Code::kUnsupported, entry.name + ": ggml type",
                    "f32, f16, bf16, q8_0, q5_0, q5_1, q4_0, q4_1, q4_k, q5_k or q6_k",
                    std::to_string(type));
  }
  if (is_quantised(*dtype) && quant_version != kQuantVersion) {
    return mismatch(Code::kUnsupported, entry.name + ": version of ggml's blocks", kQuantVersion,
                    quant_version);
  }
  entry.dtype = *dtype;
  SOTTO_ASSIGN(entry.size_bytes, tensor_bytes(entry));
  entry.offset_bytes = in.offset();
  return {};
}

}  // namespace

bool is_ggml(const uint8_t start[4]) {
  return start[0] == kMagic[0] && start[1] == kMagic[1] && start[2] == kMagic[2] &&
         start[3] == kMagic[3];
}

Result<ModelFile> read_ggml(ByteSource& source) {
  ByteReader in(source, sizeof(kMagic));
  ModelFile file;
  file.format = ModelFormat::kGgml;
  Hyperparameters& hp = file.header.hp;
  const int ftype = read_hyperparameters(in, hp);
  SOTTO_TRY(in.status());
  SOTTO_TRY(validate(hp));
  SOTTO_TRY(skip_filters(in, hp));
  SOTTO_TRY(read_vocabulary(in, file.header));

  while (in.remaining_bytes() > 0) {
    TensorEntry entry;
    SOTTO_TRY(read_tensor_header(in, ftype / kQuantVersionFactor, entry));
    in.skip(entry.size_bytes);
    if (!in.status().ok()) {
      return Status(in.status().code(), entry.name + ": " + in.status().message());
    }
    file.tensors.push_back(std::move(entry));
  }
  return file;
}

}  // namespace sotto
