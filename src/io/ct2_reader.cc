#include "io/ct2_reader.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <unordered_map>
#include <utility>

#include "io/ct2_names.h"

namespace sotto {
namespace {

// Since version 4 a variable tells its type and not only the size of an element; 6 is the last.
constexpr uint32_t kOldestVersion = 4;
constexpr uint32_t kNewestVersion = 6;
constexpr char kSpecName[] = "WhisperSpec";
// CTranslate2's own names have below 70 bytes; large-v3 has about 1300 variables.
constexpr size_t kMaxName_bytes = 256;
constexpr uint32_t kMaxVariables = 16 * 1024;
// Tensors that are equal share their bytes, but what they add up to stays near the file's size:
// large-v3 shares none. More would let a small file ask for any memory.
constexpr uint64_t kMostSharing = 2;
// Every Whisper model has heads of 64; files of old converters do not say how many.
constexpr int kHeadSize = 64;

// A variable is an entry under CTranslate2's name, with rank 0 for scalars.
using Variables = std::unordered_map<std::string, TensorEntry>;

std::optional<DType> dtype_from_ct2(uint8_t type) {
  switch (type) {
    case 0: return DType::kF32;
    case 1: return DType::kI8;
    case 2: return DType::kI16;
    case 3: return DType::kI32;
    case 4: return DType::kF16;
    case 5: return DType::kBF16;
    default: return std::nullopt;
  }
}

std::string read_name(ByteReader& in) {
  std::string name = in.string(in.u16(), kMaxName_bytes);
  if (in.status().ok() && (name.empty() || name.back() != '\0')) {
    in.fail(mismatch(Code::kBadFormat, "name before byte " + std::to_string(in.offset()),
                     "a zero at its end", "none"));
  }
  if (!name.empty()) name.pop_back();
  return name;
}

Status read_spec(ByteReader& in) {
  const uint32_t version = in.u32();
  const std::string spec = read_name(in);
  in.u32();  // The revision grew with optional variables; what is there is read by its name.
  SOTTO_TRY(in.status());
  if (version < kOldestVersion || version > kNewestVersion) {
    return mismatch(Code::kUnsupported, "version of the CTranslate2 file",
                    std::to_string(kOldestVersion) + " to " + std::to_string(kNewestVersion),
                    std::to_string(version));
  }
  if (spec != kSpecName) return mismatch(Code::kUnsupported, "CTranslate2 model", kSpecName, spec);
  return {};
}

Status read_variable(ByteReader& in, Variables& variables) {
  TensorEntry entry;
  entry.name = read_name(in);
  entry.rank = in.u8();
  SOTTO_TRY(in.status());
  if (entry.rank > 4) {
    return mismatch(Code::kUnsupported, entry.name + ": dimensions", "at most 4",
                    std::to_string(entry.rank));
  }
  for (int i = 0; i < entry.rank; ++i) entry.dims[i] = in.u32();
  const uint8_t type = in.u8();
  entry.size_bytes = in.u32();
  SOTTO_TRY(in.status());
  const std::optional<DType> dtype = dtype_from_ct2(type);
  if (!dtype) {
    return mismatch(Code::kUnsupported, entry.name + ": CTranslate2 type", "0 to 5",
                    std::to_string(type));
  }
  entry.dtype = *dtype;
  SOTTO_ASSIGN(const uint64_t wanted, tensor_bytes(entry));
  if (wanted != entry.size_bytes) {
    return mismatch(Code::kBadFormat, entry.name + ": bytes", static_cast<long long>(wanted),
                    static_cast<long long>(entry.size_bytes));
  }
  entry.offset_bytes = in.offset();
  in.skip(entry.size_bytes);
  SOTTO_TRY(in.status());
  const std::string name = entry.name;
  if (!variables.emplace(name, std::move(entry)).second) {
    return Status(Code::kBadFormat, name + ": given twice");
  }
  return {};
}

Status read_count(ByteReader& in, const char* what, uint32_t& count) {
  count = in.u32();
  SOTTO_TRY(in.status());
  if (count <= kMaxVariables) return {};
  return mismatch(Code::kBadFormat, what, "at most " + std::to_string(kMaxVariables),
                  std::to_string(count));
}

// An alias becomes a variable that shares the data of another.
Status read_aliases(ByteReader& in, Variables& variables) {
  uint32_t count = 0;
  SOTTO_TRY(read_count(in, "aliases", count));
  for (uint32_t i = 0; i < count; ++i) {
    const std::string alias = read_name(in);
    const std::string name = read_name(in);
    SOTTO_TRY(in.status());
    const auto found = variables.find(name);
    if (found == variables.end()) {
      return mismatch(Code::kBadFormat, alias + ": alias", "the name of a variable", name);
    }
    TensorEntry entry = found->second;
    entry.name = alias;
    if (!variables.emplace(alias, std::move(entry)).second) {
      return Status(Code::kBadFormat, alias + ": given twice");
    }
  }
  if (in.remaining_bytes() > 0) {
    return mismatch(Code::kBadFormat, "bytes after the aliases", "none",
                    std::to_string(in.remaining_bytes()));
  }
  return {};
}

// Joins integer weights with their scales, before aliases copy them.
Status attach_scales(Variables& variables) {
  for (auto& [name, entry] : variables) {
    const auto found = variables.find(name + "_scale");
    if (found == variables.end()) continue;
    const TensorEntry& scale = found->second;
    const uint64_t count = scale.rows() * scale.cols();
    if (scale.dtype != DType::kF32 || (count != 1 && count != entry.rows())) {
      return mismatch(Code::kUnsupported, scale.name,
                      "1 or " + std::to_string(entry.rows()) + " of type f32",
                      std::to_string(count) + " of type " + dtype_name(scale.dtype));
    }
    entry.scale_offset_bytes = scale.offset_bytes;
    entry.scale_count = static_cast<uint32_t>(count);
  }
  return {};
}

// Integers are weights only with scales, floats only without.
Status check_weight(const TensorEntry& entry) {
  const bool is_integer =
      entry.dtype == DType::kI8 || entry.dtype == DType::kI16 || entry.dtype == DType::kI32;
  if (is_integer == (entry.scale_count > 0)) return {};
  return mismatch(Code::kBadFormat, entry.name + ": scales of type " + dtype_name(entry.dtype),
                  is_integer ? "some" : "none", std::to_string(entry.scale_count));
}

// Part `index` of `count` equal stacks of rows.
TensorEntry part_of(const TensorEntry& whole, const std::string& name, size_t index, size_t count) {
  TensorEntry part = whole;
  part.name = name;
  part.dims[0] = whole.dims[0] / static_cast<uint32_t>(count);
  part.size_bytes = whole.size_bytes / count;
  part.offset_bytes = whole.offset_bytes + index * part.size_bytes;
  if (whole.scale_count > 1) {
    part.scale_count = part.dims[0];
    part.scale_offset_bytes += index * part.dims[0] * sizeof(float);
  }
  return part;
}

Status add_tensors(const Variables& variables, uint64_t file_bytes, ModelFile& file) {
  uint64_t total_bytes = 0;
  for (const auto& [name, variable] : variables) {
    const Ct2Mapping mapping = map_ct2_name(name);
    const size_t parts = mapping.parts.size();
    if (parts == 0) continue;
    if (variable.rank == 0 || variable.dims[0] % parts != 0) {
      return mismatch(Code::kBadFormat, name + ": rows", "a multiple of " + std::to_string(parts),
                      variable.rank == 0 ? "a single number" : std::to_string(variable.dims[0]));
    }
    SOTTO_TRY(check_weight(variable));
    for (size_t i = 0; i < parts; ++i) {
      if (!mapping.parts[i].empty()) {
        file.tensors.push_back(part_of(variable, mapping.parts[i], i, parts));
        total_bytes += file.tensors.back().size_bytes;
      }
    }
  }
  if (total_bytes > kMostSharing * file_bytes) {
    return mismatch(Code::kBadFormat, "bytes of tensors that share theirs",
                    "at most " + std::to_string(kMostSharing * file_bytes),
                    std::to_string(total_bytes));
  }
  // By offset, and where equal tensors share one, by name: the same order every time.
  std::sort(file.tensors.begin(), file.tensors.end(),
            [](const TensorEntry& a, const TensorEntry& b) {
              return std::pair(a.offset_bytes, std::string_view(a.name)) <
                     std::pair(b.offset_bytes, std::string_view(b.name));
            });
  return {};
}

// A dimension as an int that validate() will refuse where it is absurd.
int dim(const Variables& variables, const char* name, int rank, int index) {
  const auto found = variables.find(name);
  if (found == variables.end() || found->second.rank != rank) return 0;
  return static_cast<int>(found->second.dims[index]);  // tensor_bytes() keeps it below 2^29
}

int count_layers(const Variables& variables, const std::string& side) {
  int n = 0;
  while (variables.contains(side + "/layer_" + std::to_string(n) + "/ffn/linear_0/weight")) ++n;
  return n;
}

// The scalar SIDE/num_heads (i8 to i32), or what follows from the width.
Status read_heads(ByteSource& source, const Variables& variables, const std::string& side,
                  int n_state, int& n_head) {
  const auto found = variables.find(side + "/num_heads");
  if (found == variables.end()) {
    n_head = n_state / kHeadSize;
    return {};
  }
  const TensorEntry& entry = found->second;
  const bool is_integer =
      entry.dtype == DType::kI8 || entry.dtype == DType::kI16 || entry.dtype == DType::kI32;
  if (!is_integer || entry.rows() * entry.cols() != 1) {
    return mismatch(
        Code::kBadFormat, entry.name, "an integer",
        std::to_string(entry.rows() * entry.cols()) + " of type " + dtype_name(entry.dtype));
  }
  return read_tensor_f32(source, entry, 1, [&](const float* value, int, int) {
    // Far more heads than any model has, and exact in f32; validate() refuses both ends.
    n_head = static_cast<int>(std::clamp(*value, 0.0f, 65536.0f));
  });
}

}  // namespace

bool is_ct2(const uint8_t start[4]) {
  // The version alone: a small number, which no magic of a sibling format is.
  return start[0] > 0 && start[0] <= 64 && start[1] == 0 && start[2] == 0 && start[3] == 0;
}

Result<ModelFile> read_ct2(ByteSource& source) {
  ByteReader in(source);
  SOTTO_TRY(read_spec(in));
  Variables variables;
  uint32_t count = 0;
  SOTTO_TRY(read_count(in, "variables", count));
  for (uint32_t i = 0; i < count; ++i) SOTTO_TRY(read_variable(in, variables));
  SOTTO_TRY(attach_scales(variables));
  SOTTO_TRY(read_aliases(in, variables));

  ModelFile file;
  file.format = ModelFormat::kCTranslate2;
  Hyperparameters& hp = file.header.hp;
  hp.n_mels = dim(variables, "encoder/conv1/weight", 3, 1);
  hp.n_audio_ctx = dim(variables, "encoder/position_encodings/encodings", 2, 0);
  hp.n_audio_state = dim(variables, "encoder/position_encodings/encodings", 2, 1);
  hp.n_audio_layer = count_layers(variables, "encoder");
  hp.n_vocab = dim(variables, "decoder/embeddings/weight", 2, 0);
  hp.n_text_ctx = dim(variables, "decoder/position_encodings/encodings", 2, 0);
  hp.n_text_state = dim(variables, "decoder/position_encodings/encodings", 2, 1);
  hp.n_text_layer = count_layers(variables, "decoder");
  SOTTO_TRY(read_heads(source, variables, "encoder", hp.n_audio_state, hp.n_audio_head));
  SOTTO_TRY(read_heads(source, variables, "decoder", hp.n_text_state, hp.n_text_head));
  SOTTO_TRY(validate(hp));
  SOTTO_TRY(add_tensors(variables, source.size_bytes(), file));
  return file;
}

}  // namespace sotto
