#include "io/safetensors_reader.h"

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_set>

#include "text/json_reader.h"

namespace sotto {
namespace {

// The header of large-v3, with 1259 tensors of long names, has 0.2 MB.
constexpr uint64_t kMaxHeader_bytes = 8 << 20;
constexpr size_t kMaxTensors = 16 * 1024;
// Whisper's longest names have below 70 bytes; converters write one to three notes.
constexpr size_t kMaxName_bytes = 256;
constexpr size_t kMaxMetadata = 1024;
constexpr char kMetadata[] = "__metadata__";

struct Offsets {
  uint64_t begin = 0;
  uint64_t end = 0;
};

struct FoundTensor {
  TensorEntry entry;
  Offsets offsets;
};

std::optional<DType> dtype_from_safetensors(const std::string& name) {
  if (name == "F32") return DType::kF32;
  if (name == "F16") return DType::kF16;
  if (name == "BF16") return DType::kBF16;
  if (name == "I8") return DType::kI8;
  if (name == "I16") return DType::kI16;
  if (name == "I32") return DType::kI32;
  return std::nullopt;
}

std::string range(const Offsets& offsets) {
  return std::to_string(offsets.begin) + " to " + std::to_string(offsets.end);
}

void read_shape(JsonReader& json, TensorEntry& entry) {
  constexpr size_t kMostDims = std::tuple_size_v<decltype(entry.dims)>;
  json.array([&] {
    const auto dim = static_cast<uint32_t>(json.unsigned_integer(UINT32_MAX));
    if (static_cast<size_t>(entry.rank) == kMostDims) {
      json.fail(mismatch(Code::kUnsupported, entry.name + ": dimensions",
                         "at most " + std::to_string(kMostDims), "more"));
      return;
    }
    entry.dims[static_cast<size_t>(entry.rank++)] = dim;
  });
}

Offsets read_offsets(JsonReader& json, const std::string& name) {
  uint64_t values[2] = {};
  int count = 0;
  json.array([&] {
    const uint64_t value = json.unsigned_integer();
    if (count < 2) values[count] = value;
    ++count;
  });
  if (count != 2) json.fail(mismatch(Code::kBadFormat, name + ": data_offsets", 2, count));
  return {values[0], values[1]};
}

// One tensor's description. What it says of itself must agree; where it lies is checked later.
FoundTensor read_tensor(JsonReader& json, const std::string& name) {
  FoundTensor found;
  found.entry.name = name;
  std::optional<std::string> dtype;
  bool has_shape = false, has_offsets = false;
  const auto twice = [&](const std::string& key, bool seen) {
    if (seen) json.fail(Status(Code::kBadFormat, name + ": " + key + " given twice"));
  };
  json.object([&](const std::string& key) {
    if (key == "dtype") {
      twice(key, dtype.has_value());
      dtype = json.string();
    } else if (key == "shape") {
      twice(key, has_shape);
      has_shape = true;
      if (json.status().ok()) read_shape(json, found.entry);
    } else if (key == "data_offsets") {
      twice(key, has_offsets);
      has_offsets = true;
      found.offsets = read_offsets(json, name);
    } else {
      json.skip();
    }
  });
  if (!json.status().ok()) return found;
  if (!dtype || !has_shape || !has_offsets) {
    const char* missing = !dtype ? "no dtype" : !has_shape ? "no shape" : "no data_offsets";
    json.fail(mismatch(Code::kBadFormat, name, "dtype, shape and data_offsets", missing));
    return found;
  }
  const std::optional<DType> known = dtype_from_safetensors(*dtype);
  if (!known) {
    json.fail(mismatch(Code::kUnsupported, name + ": dtype", "F32, F16, BF16, I8, I16 or I32",
                       dtype->substr(0, 40)));
    return found;
  }
  found.entry.dtype = *known;
  return found;
}

Status check_size(FoundTensor& found) {
  SOTTO_ASSIGN(const uint64_t wanted_bytes, tensor_bytes(found.entry));
  const Offsets& offsets = found.offsets;
  if (offsets.begin > offsets.end) {
    return mismatch(Code::kBadFormat, found.entry.name + ": data_offsets",
                    "an end behind the beginning", range(offsets));
  }
  if (offsets.end - offsets.begin != wanted_bytes) {
    return mismatch(Code::kBadFormat, found.entry.name + ": bytes", std::to_string(wanted_bytes),
                    std::to_string(offsets.end - offsets.begin));
  }
  found.entry.size_bytes = wanted_bytes;
  return {};
}

void read_metadata(JsonReader& json, SafetensorsFile& file) {
  json.object([&](const std::string& key) {
    if (file.metadata.size() == kMaxMetadata) {
      json.fail(mismatch(Code::kBadFormat, "entries of metadata",
                         "at most " + std::to_string(kMaxMetadata), "more"));
      return;
    }
    for (const auto& [known, value] : file.metadata) {
      if (known == key) json.fail(Status(Code::kBadFormat, "metadata " + key + ": given twice"));
    }
    file.metadata.emplace_back(key, json.string());
  });
}

Result<std::vector<FoundTensor>> read_header(const std::string& header, SafetensorsFile& file) {
  std::vector<FoundTensor> tensors;
  std::unordered_set<std::string> names;
  JsonReader json(header);
  json.object([&](const std::string& name) {
    if (name.size() > kMaxName_bytes) {
      json.fail(mismatch(Code::kBadFormat, "bytes of a tensor's name",
                         "at most " + std::to_string(kMaxName_bytes), std::to_string(name.size())));
    } else if (!names.insert(name).second) {
      json.fail(Status(Code::kBadFormat, name + ": given twice"));
    } else if (name == kMetadata) {
      read_metadata(json, file);
    } else if (tensors.size() == kMaxTensors) {
      json.fail(
          mismatch(Code::kBadFormat, "tensors", "at most " + std::to_string(kMaxTensors), "more"));
    } else {
      tensors.push_back(read_tensor(json, name));
      if (json.status().ok()) {
        if (Status status = check_size(tensors.back()); !status.ok()) json.fail(std::move(status));
      }
    }
  });
  json.finish();
  SOTTO_TRY(json.status());
  return tensors;
}

// In the order of offsets each tensor begins where the one before ends, and the last one ends with
// the file.
Status place(std::vector<FoundTensor>& tensors, uint64_t data_start, uint64_t data_bytes) {
  // No tensor is empty, so that no two may begin at one place, and the order is certain.
  std::sort(tensors.begin(), tensors.end(), [](const FoundTensor& a, const FoundTensor& b) {
    return a.offsets.begin < b.offsets.begin;
  });
  uint64_t end = 0;
  for (FoundTensor& found : tensors) {
    const Offsets& offsets = found.offsets;
    if (offsets.end > data_bytes) {
      return mismatch(Code::kTruncated, found.entry.name + ": data_offsets",
                      "at most " + std::to_string(data_bytes), range(offsets));
    }
    if (offsets.begin != end) {
      return mismatch(Code::kBadFormat, found.entry.name + ": data_offsets",
                      "to begin at " + std::to_string(end) + " where the tensor before ends",
                      range(offsets));
    }
    end = offsets.end;
    found.entry.offset_bytes = data_start + offsets.begin;
  }
  if (end == data_bytes) return {};
  return mismatch(Code::kBadFormat, "bytes behind the last tensor", "none",
                  std::to_string(data_bytes - end));
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
  SOTTO_ASSIGN(std::vector<FoundTensor> tensors, read_header(header, file));
  SOTTO_TRY(place(tensors, in.offset(), in.remaining_bytes()));
  for (FoundTensor& found : tensors) file.tensors.push_back(std::move(found.entry));
  return file;
}

}  // namespace sotto
