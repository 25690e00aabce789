#include "io/safetensors_reader.h"

#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "text/json_reader.h"

namespace sotto {
namespace {

// The header of large-v3, with 1259 tensors of long names, has 0.2 MB.
constexpr uint64_t kMaxHeader_bytes = 8 << 20;
// Three times as many as large-v3 has: few enough to look through them all for each.
constexpr size_t kMaxTensors = 4096;
// Whisper's longest names have below 70 bytes.
constexpr size_t kMaxName_bytes = 256;
constexpr char kMetadata[] = "__metadata__";

Status bad_format(std::string_view name, std::string_view what, std::string_view expected,
                  std::string_view actual) {
  return mismatch(Code::kBadFormat, std::string(name).append(what), std::string(expected),
                  std::string(actual));
}

Status given_twice(std::string_view name, std::string_view what) {
  return {Code::kBadFormat, std::string(name).append(what).append(" given twice")};
}

std::optional<DType> dtype_from_safetensors(const std::string& name) {
  if (name == "F32") return DType::kF32;
  if (name == "F16") return DType::kF16;
  if (name == "BF16") return DType::kBF16;
  if (name == "I8") return DType::kI8;
  if (name == "I16") return DType::kI16;
  if (name == "I32") return DType::kI32;
  return std::nullopt;
}

std::string range(const uint64_t (&offsets)[2]) {
  return std::to_string(offsets[0]) + " to " + std::to_string(offsets[1]);
}

// What the description of one tensor says.
struct Description {
  TensorEntry entry;
  std::string dtype;
  uint64_t offsets[2] = {};
  bool has_dtype = false;
  bool has_shape = false;
  bool has_offsets = false;
};

void read_shape(JsonReader& json, TensorEntry& entry) {
  constexpr int kMostDims = std::tuple_size_v<decltype(entry.dims)>;
  json.array([&] {
    const auto dim = static_cast<uint32_t>(json.unsigned_integer(UINT32_MAX));
    if (entry.rank < kMostDims) {
      entry.dims[static_cast<size_t>(entry.rank++)] = dim;
    } else {
      json.fail(mismatch(Code::kUnsupported, entry.name + ": dimensions",
                         "at most " + std::to_string(kMostDims), "more"));
    }
  });
}

void read_offsets(JsonReader& json, Description& tensor) {
  int count = 0;
  json.array([&] {
    const uint64_t value = json.unsigned_integer();
    if (count < 2) tensor.offsets[count] = value;
    ++count;
  });
  if (count != 2) {
    json.fail(bad_format(tensor.entry.name, ": data_offsets", "2", std::to_string(count)));
  }
}

void read_description(JsonReader& json, Description& tensor) {
  json.object([&](const std::string& key) {
    bool* seen = key == "dtype"          ? &tensor.has_dtype
                 : key == "shape"        ? &tensor.has_shape
                 : key == "data_offsets" ? &tensor.has_offsets
                                         : nullptr;
    if (seen == nullptr) return json.skip();
    if (*seen) return json.fail(given_twice(tensor.entry.name + ": ", key));
    *seen = true;
    if (seen == &tensor.has_dtype) tensor.dtype = json.string();
    if (seen == &tensor.has_shape) read_shape(json, tensor.entry);
    if (seen == &tensor.has_offsets) read_offsets(json, tensor);
  });
}

// What the description says must agree with itself; where the data lies is checked later.
Status check(Description& tensor) {
  TensorEntry& entry = tensor.entry;
  if (!tensor.has_dtype || !tensor.has_shape || !tensor.has_offsets) {
    return bad_format(entry.name, "", "dtype, shape and data_offsets",
                      !tensor.has_dtype   ? "no dtype"
                      : !tensor.has_shape ? "no shape"
                                          : "no data_offsets");
  }
  const std::optional<DType> dtype = dtype_from_safetensors(tensor.dtype);
  if (!dtype) {
    return mismatch(Code::kUnsupported, entry.name + ": dtype", "F32, F16, BF16, I8, I16 or I32",
                    tensor.dtype.substr(0, 40));
  }
  entry.dtype = *dtype;
  SOTTO_ASSIGN(entry.size_bytes, tensor_bytes(entry));
  const auto& [begin, end] = tensor.offsets;
  if (begin > end) {
    return bad_format(entry.name, ": data_offsets", "an end behind the beginning",
                      range(tensor.offsets));
  }
  if (end - begin == entry.size_bytes) return {};
  return bad_format(entry.name, ": bytes", std::to_string(entry.size_bytes),
                    std::to_string(end - begin));
}

void read_tensor(JsonReader& json, const std::string& name, SafetensorsFile& file) {
  if (file.tensors.size() == kMaxTensors) {
    return json.fail(bad_format("tensors", "", "at most " + std::to_string(kMaxTensors), "more"));
  }
  if (name.size() > kMaxName_bytes) {
    return json.fail(bad_format("name of a tensor", ": bytes",
                                "at most " + std::to_string(kMaxName_bytes),
                                std::to_string(name.size())));
  }
  if (file.find(name) != nullptr) return json.fail(given_twice(name, ":"));
  Description tensor;
  tensor.entry.name = name;
  read_description(json, tensor);
  if (!json.status().ok()) return;
  Status status = check(tensor);
  if (!status.ok()) return json.fail(std::move(status));
  tensor.entry.offset_bytes = tensor.offsets[0];
  file.tensors.push_back(std::move(tensor.entry));
}

// Notes of whoever wrote the file: texts, which nobody here asks for.
void skip_metadata(JsonReader& json) {
  json.object([&](const std::string&) { json.string(); });
}

// In the order of offsets each tensor begins where the one before ends, and the last one ends with
// the file. Until here offsets count from the first byte of the data.
Status place(std::vector<TensorEntry>& tensors, uint64_t data_start, uint64_t data_bytes) {
  uint64_t end = 0;
  for (size_t i = 0; i < tensors.size(); ++i) {
    // The next in order: files have them so, and if not, they are few.
    size_t next = i;
    for (size_t j = i + 1; j < tensors.size(); ++j) {
      if (tensors[j].offset_bytes < tensors[next].offset_bytes) next = j;
    }
    if (next != i) std::swap(tensors[i], tensors[next]);
    TensorEntry& entry = tensors[i];
    const uint64_t offsets[2] = {entry.offset_bytes, entry.offset_bytes + entry.size_bytes};
    if (offsets[1] > data_bytes) {
      return mismatch(Code::kTruncated, entry.name + ": data_offsets",
                      "at most " + std::to_string(data_bytes), range(offsets));
    }
    if (offsets[0] != end) {
      return bad_format(entry.name, ": data_offsets",
                        "to begin at " + std::to_string(end) + " where the tensor before ends",
                        range(offsets));
    }
    end = offsets[1];
    entry.offset_bytes += data_start;
  }
  if (end == data_bytes) return {};
  return bad_format("bytes behind the last tensor", "", "none", std::to_string(data_bytes - end));
}

}  // namespace

const TensorEntry* SafetensorsFile::find(std::string_view name) const {
  for (const TensorEntry& entry : tensors) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

Result<SafetensorsFile> read_safetensors(ByteSource& source) {
  ByteReader in(source);
  const uint64_t header_bytes = in.u64();
  SOTTO_TRY(in.status());
  if (header_bytes > kMaxHeader_bytes) {
    return mismatch(Code::kBadFormat, "bytes of the safetensors header",
                    "at most " + std::to_string(kMaxHeader_bytes), std::to_string(header_bytes));
  }
  const std::string header = in.string(static_cast<size_t>(header_bytes), kMaxHeader_bytes);
  SOTTO_TRY(in.status());
  SafetensorsFile file;
  JsonReader json(header);
  bool has_metadata = false;
  json.object([&](const std::string& name) {
    if (name != kMetadata) return read_tensor(json, name, file);
    if (has_metadata) return json.fail(given_twice(name, ":"));
    has_metadata = true;
    skip_metadata(json);
  });
  json.finish();
  SOTTO_TRY(json.status());
  SOTTO_TRY(place(file.tensors, in.offset(), in.remaining_bytes()));
  return file;
}

}  // namespace sotto
