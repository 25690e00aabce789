#include "cli/model_path.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "io/file_io.h"
#include "io/hf_model.h"
#include "io/safetensors_reader.h"
#include "text/json_reader.h"

namespace sotto {
namespace {

namespace fs = std::filesystem;

constexpr const char* kIndex = "model.safetensors.index.json";
// The index of large-v3, with 1259 names, has 0.1 MB.
constexpr uint64_t kMaxJson_bytes = 8 << 20;
constexpr uint64_t kMostHeads = 1024;

bool is_file(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

// Several files as one, in order.
class JoinedSource : public ByteSource {
 public:
  void add(FileSource source) {
    begins_.push_back(size_bytes_);
    size_bytes_ += source.size_bytes();
    sources_.push_back(std::move(source));
  }
  uint64_t size_bytes() const override { return size_bytes_; }
  Status read_at(uint64_t offset, void* dst, size_t size) override {
    auto* out = static_cast<uint8_t*>(dst);
    for (size_t i = 0; i < sources_.size() && size > 0; ++i) {
      const uint64_t end = begins_[i] + sources_[i].size_bytes();
      if (offset >= end) continue;
      const size_t part = static_cast<size_t>(std::min<uint64_t>(size, end - offset));
      SOTTO_TRY(sources_[i].read_at(offset - begins_[i], out, part));
      offset += part;
      out += part;
      size -= part;
    }
    if (size == 0) return {};
    return mismatch(Code::kTruncated, "model files", "more bytes", std::to_string(size_bytes_));
  }

 private:
  std::vector<FileSource> sources_;
  std::vector<uint64_t> begins_;
  uint64_t size_bytes_ = 0;
};

Result<std::string> read_text(const fs::path& path) {
  SOTTO_ASSIGN(FileSource source, FileSource::open(path.string()));
  ByteReader in(source);
  std::string text = in.string(static_cast<size_t>(source.size_bytes()), kMaxJson_bytes);
  SOTTO_TRY(in.status());
  return text;
}

Status in_file(const fs::path& path, const Status& status) {
  return Status(status.code(), path.filename().string() + ": " + status.message());
}

// config.json: the heads, and that it is a Whisper.
Result<HfHeads> read_heads(const fs::path& folder) {
  HfHeads heads;
  const fs::path path = folder / "config.json";
  if (!is_file(path)) return heads;
  SOTTO_ASSIGN(const std::string text, read_text(path));
  JsonReader json(text);
  std::string type = "whisper";
  json.object([&](const std::string& key) {
    if (key == "model_type") {
      type = json.string();
    } else if (key == "encoder_attention_heads") {
      heads.encoder = static_cast<int>(json.unsigned_integer(kMostHeads));
    } else if (key == "decoder_attention_heads") {
      heads.decoder = static_cast<int>(json.unsigned_integer(kMostHeads));
    } else {
      json.skip();
    }
  });
  json.finish();
  if (!json.status().ok()) return in_file(path, json.status());
  if (type != "whisper") {
    return mismatch(Code::kUnsupported, "config.json: model_type", "whisper", type.substr(0, 40));
  }
  return heads;
}

// The files of the index's weight_map, each once; they lie in the same folder.
Result<std::vector<fs::path>> read_index(const fs::path& path) {
  SOTTO_ASSIGN(const std::string text, read_text(path));
  std::vector<std::string> names;
  JsonReader json(text);
  json.object([&](const std::string& key) {
    if (key != "weight_map") return json.skip();
    json.object([&](const std::string&) { names.push_back(json.string()); });
  });
  json.finish();
  if (!json.status().ok()) return in_file(path, json.status());
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  if (names.empty()) {
    return mismatch(Code::kBadFormat, path.filename().string() + ": weight_map", "files", "none");
  }
  std::vector<fs::path> files;
  for (const std::string& name : names) {
    if (fs::path(name).filename() != name || name.empty() || name == "..") {
      return mismatch(Code::kBadFormat, path.filename().string() + ": weight_map",
                      "names of files beside it", name.substr(0, 80));
    }
    files.push_back(path.parent_path() / name);
  }
  return files;
}

Result<OpenedModel> open_safetensors(const std::vector<fs::path>& files, const fs::path& folder) {
  SOTTO_ASSIGN(const HfHeads heads, read_heads(folder));
  auto joined = std::make_unique<JoinedSource>();
  std::vector<TensorEntry> tensors;
  for (const fs::path& file : files) {
    SOTTO_ASSIGN(FileSource source, FileSource::open(file.string()));
    Result<SafetensorsFile> part = read_safetensors(source);
    if (!part.ok()) return in_file(file, part.status());
    for (TensorEntry& entry : part.value().tensors) {
      entry.offset_bytes += joined->size_bytes();
      tensors.push_back(std::move(entry));
    }
    joined->add(std::move(source));
  }
  SOTTO_ASSIGN(ModelFile model, make_hf_model(tensors, heads));
  return OpenedModel{std::move(joined), std::move(model), folder};
}

}  // namespace

Result<OpenedModel> open_model_at(const std::string& path) {
  const fs::path given(path);
  std::error_code error;
  fs::path weights = given;
  if (fs::is_directory(given, error)) {
    weights = given / "model.bin";
    for (const char* name : {"model.safetensors", kIndex}) {
      if (!is_file(weights) && is_file(given / name)) weights = given / name;
    }
  }
  const fs::path folder = weights.parent_path();
  if (weights.extension() == ".safetensors") return open_safetensors({weights}, folder);
  if (weights.filename() == kIndex) {
    SOTTO_ASSIGN(const std::vector<fs::path> files, read_index(weights));
    return open_safetensors(files, folder);
  }
  SOTTO_ASSIGN(FileSource source, FileSource::open(weights.string()));
  SOTTO_ASSIGN(ModelFile model, open_model(source));
  return OpenedModel{std::make_unique<FileSource>(std::move(source)), std::move(model), folder};
}

}  // namespace sotto
