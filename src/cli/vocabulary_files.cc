#include "cli/vocabulary_files.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "io/byte_reader.h"
#include "io/tiktoken.h"
#include "text/utf8.h"

namespace sotto {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using Vocabulary = std::vector<std::string>;

// large-v3's tokenizer.json, the largest of these files, has 2.5 MB. Parsed, JSON takes up to
// eighty times as much.
constexpr uint64_t kMaxFileBytes = 16 << 20;
// No vocabulary in use has a quarter of this; Whisper's have 51,866 at most.
constexpr int64_t kMaxTokens = 1'000'000;
// large-v3 has 32 layers of 20 heads.
constexpr int64_t kMaxLayersOrHeads = 1024;

Status bad(const fs::path& file, const std::string& what, const std::string& expected,
           const std::string& actual) {
  return mismatch(Code::kBadFormat, file.filename().string() + ", " + what, expected, actual);
}

// A value for a message: in ASCII, and not too long. What is nested is not shown, since dump()
// calls itself for each level.
std::string shown(const json& value) {
  if (value.is_structured()) return value.type_name();
  return value.dump(-1, ' ', true, json::error_handler_t::replace).substr(0, 40);
}

bool is_file(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

Result<std::string> read_file(const fs::path& path) {
  std::error_code error;
  const uint64_t size_bytes = fs::file_size(path, error);
  if (error) return Status(Code::kIo, path.string() + ": " + error.message());
  if (size_bytes > kMaxFileBytes) {
    return bad(path, "bytes", "at most " + std::to_string(kMaxFileBytes),
               std::to_string(size_bytes));
  }
  std::string text(static_cast<size_t>(size_bytes), '\0');
  std::ifstream file(path, std::ios::binary);
  if (!file.read(text.data(), static_cast<std::streamsize>(text.size()))) {
    return Status(Code::kIo, path.string() + ": expected " + std::to_string(size_bytes) +
                                 " bytes, got " + std::to_string(file.gcount()));
  }
  return text;
}

Result<json> read_json(const fs::path& path) {
  SOTTO_ASSIGN(const std::string text, read_file(path));
  json parsed = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (parsed.is_discarded()) return bad(path, "content", "JSON", "something else");
  return parsed;
}

// GPT-2's encoder.bytes_to_unicode, undone: printable Latin-1 stands for itself and each of the
// 68 other bytes, in order, for U+0100 and on. -1 for what no byte is written as.
int byte_of(uint32_t code_point) {
  static const std::array<int, 256 + 68> table = [] {
    std::array<int, 256 + 68> bytes;
    bytes.fill(-1);
    size_t next = 256;
    for (int byte = 0; byte < 256; ++byte) {
      const bool printable =
          (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
      bytes[printable ? static_cast<size_t>(byte) : next++] = byte;
    }
    return bytes;
  }();
  return code_point < table.size() ? table[code_point] : -1;
}

// The bytes that a token written in GPT-2's way stands for.
std::optional<std::string> bytes_of(std::string_view written) {
  std::string bytes;
  for (size_t pos = 0; pos < written.size();) {
    const Utf8Char c = utf8_at(written, pos);
    const int byte = c.state == Utf8State::kValid ? byte_of(c.code_point) : -1;
    if (byte < 0) return std::nullopt;
    bytes += static_cast<char>(byte);
    pos += c.size_bytes;
  }
  return bytes;
}

// A whole number within [0, limit).
std::optional<int> index_of(const json& value, int64_t limit) {
  if (!value.is_number_integer()) return std::nullopt;
  // Unsigned numbers beyond int64 come out negative.
  const int64_t number = value.get<int64_t>();
  if (number < 0 || number >= limit) return std::nullopt;
  return static_cast<int>(number);
}

// Tokens by id while they are found in any order.
class VocabularyBuilder {
 public:
  explicit VocabularyBuilder(fs::path file) : file_(std::move(file)) {}

  Status add_written(const std::string& token, const json& id) {
    std::optional<std::string> bytes = bytes_of(token);
    if (!bytes) {
      return bad(file_, "token " + shown(id), "GPT-2's characters for bytes", shown(token));
    }
    return add(std::move(*bytes), id, /*again_allowed=*/false);
  }

  // `again_allowed`: an id that has its token keeps it.
  Status add(std::string bytes, const json& id, bool again_allowed) {
    const std::optional<int> index = index_of(id, kMaxTokens);
    if (!index) {
      return bad(file_, "token id", "0 to " + std::to_string(kMaxTokens - 1), shown(id));
    }
    const size_t slot = static_cast<size_t>(*index);
    if (slot >= tokens_.size()) {
      tokens_.resize(slot + 1);
      seen_.resize(slot + 1);
    }
    if (seen_[slot]) {
      if (again_allowed) return {};
      return bad(file_, "tokens", "each id once", "id " + std::to_string(slot) + " again");
    }
    seen_[slot] = true;
    tokens_[slot] = std::move(bytes);
    return {};
  }

  Result<Vocabulary> finish() {
    if (tokens_.empty()) return bad(file_, "tokens", "at least one", "none");
    return std::move(tokens_);
  }

 private:
  fs::path file_;
  Vocabulary tokens_;
  std::vector<bool> seen_;
};

// {"token": id, ...}
Status add_object(const json& object, VocabularyBuilder& builder) {
  for (const auto& [token, id] : object.items()) SOTTO_TRY(builder.add_written(token, id));
  return {};
}

// Hugging Face's tokenizer.json: model.vocab, and the specials in added_tokens, as plain text.
Result<Vocabulary> read_tokenizer_json(const fs::path& path) {
  SOTTO_ASSIGN(const json root, read_json(path));
  const auto model = root.is_object() ? root.find("model") : root.end();
  if (model == root.end() || !model->is_object() || !model->contains("vocab") ||
      !(*model)["vocab"].is_object()) {
    return bad(path, "model.vocab", "an object of tokens and ids", "something else");
  }
  VocabularyBuilder builder(path);
  SOTTO_TRY(add_object((*model)["vocab"], builder));
  if (root.contains("added_tokens") && root["added_tokens"].is_array()) {
    for (const json& added : root["added_tokens"]) {
      if (!added.is_object() || !added.contains("id") || !added.contains("content") ||
          !added["content"].is_string()) {
        return bad(path, "added_tokens", "objects with id and content", "something else");
      }
      SOTTO_TRY(builder.add(added["content"].get<std::string>(), added["id"],
                            /*again_allowed=*/true));
    }
  }
  return builder.finish();
}

// A list of tokens by id (CTranslate2's vocabulary.json) or tokens with ids (vocab.json).
Result<Vocabulary> read_vocabulary_json(const fs::path& path) {
  SOTTO_ASSIGN(const json root, read_json(path));
  VocabularyBuilder builder(path);
  if (root.is_object()) {
    SOTTO_TRY(add_object(root, builder));
  } else if (root.is_array()) {
    for (size_t i = 0; i < root.size(); ++i) {
      if (!root[i].is_string()) return bad(path, "content", "strings", root[i].type_name());
      SOTTO_TRY(builder.add_written(root[i].get<std::string>(), json(i)));
    }
  } else {
    return bad(path, "content", "a list or an object of tokens", root.type_name());
  }
  return builder.finish();
}

// One token a line, and an empty line is the empty token of multilingual Whisper.
Result<Vocabulary> read_vocabulary_txt(const fs::path& path) {
  SOTTO_ASSIGN(const std::string text, read_file(path));
  VocabularyBuilder builder(path);
  std::string_view rest = text;
  for (int id = 0; !rest.empty(); ++id) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    SOTTO_TRY(builder.add_written(std::string(line), json(id)));
  }
  return builder.finish();
}

Result<Vocabulary> read_tiktoken_file(const fs::path& path) {
  SOTTO_ASSIGN(const std::string text, read_file(path));
  MemorySource source({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
  return read_tiktoken(source);
}

// The list of token ids under a key; empty where the key is absent or null.
Result<std::vector<int>> read_ids(const json& root, const char* key, const fs::path& path) {
  std::vector<int> ids;
  const auto list = root.find(key);
  if (list == root.end() || list->is_null()) return ids;
  if (!list->is_array()) return bad(path, key, "a list of token ids", list->type_name());
  for (const json& value : *list) {
    const std::optional<int> id = index_of(value, kMaxTokens);
    if (!id) return bad(path, key, "token ids", shown(value));
    ids.push_back(*id);
  }
  return ids;
}

Result<std::vector<AlignmentHead>> read_heads(const json& root, const fs::path& path) {
  constexpr const char* kKey = "alignment_heads";
  std::vector<AlignmentHead> heads;
  const auto list = root.find(kKey);
  if (list == root.end() || list->is_null()) return heads;
  if (!list->is_array()) return bad(path, kKey, "a list", list->type_name());
  for (const json& pair : *list) {
    std::optional<int> layer, head;
    if (pair.is_array() && pair.size() == 2) {
      layer = index_of(pair[0], kMaxLayersOrHeads);
      head = index_of(pair[1], kMaxLayersOrHeads);
    }
    if (!layer || !head) return bad(path, kKey, "[layer, head]", shown(pair));
    heads.push_back({*layer, *head});
  }
  return heads;
}

// Takes from one file what the files before it did not have.
Status add_extras(const fs::path& path, const char* suppressed_key, const char* begin_key,
                  ModelExtras& extras) {
  if (!is_file(path)) return {};
  SOTTO_ASSIGN(const json root, read_json(path));
  if (!root.is_object()) return bad(path, "content", "an object", root.type_name());
  SOTTO_ASSIGN(auto heads, read_heads(root, path));
  SOTTO_ASSIGN(auto suppressed, read_ids(root, suppressed_key, path));
  SOTTO_ASSIGN(auto at_begin, read_ids(root, begin_key, path));
  if (extras.alignment_heads.empty()) extras.alignment_heads = std::move(heads);
  if (extras.suppressed_tokens.empty()) extras.suppressed_tokens = std::move(suppressed);
  if (extras.suppressed_at_begin.empty()) extras.suppressed_at_begin = std::move(at_begin);
  return {};
}

}  // namespace

Result<std::vector<std::string>> read_vocabulary(const fs::path& model_dir) {
  const std::pair<const char*, Result<Vocabulary> (*)(const fs::path&)> files[] = {
      {"tokenizer.json", read_tokenizer_json},
      {"vocabulary.json", read_vocabulary_json},
      {"vocabulary.txt", read_vocabulary_txt},
      {"vocab.json", read_vocabulary_json}};
  for (const auto& [name, read] : files) {
    if (is_file(model_dir / name)) return read(model_dir / name);
  }

  std::vector<fs::path> tables;
  std::error_code error;
  for (fs::directory_iterator it(model_dir, error), end; !error && it != end; it.increment(error)) {
    if (it->path().extension() == ".tiktoken" && is_file(it->path())) tables.push_back(it->path());
  }
  if (error) return Status(Code::kIo, model_dir.string() + ": " + error.message());
  if (tables.empty()) {
    return mismatch(Code::kIo, "vocabulary in " + model_dir.string(),
                    "tokenizer.json, vocabulary.json, vocabulary.txt, vocab.json or *.tiktoken",
                    "none of them");
  }
  if (tables.size() > 1) {
    return mismatch(Code::kInvalidArgument, "vocabulary in " + model_dir.string(),
                    "one *.tiktoken file", std::to_string(tables.size()));
  }
  return read_tiktoken_file(tables[0]);
}

Result<ModelExtras> read_model_lists(const fs::path& model_dir) {
  ModelExtras extras;
  const fs::path config = model_dir / "config.json";
  SOTTO_TRY(add_extras(config, "suppress_ids", "suppress_ids_begin", extras));
  SOTTO_TRY(add_extras(model_dir / "generation_config.json", "suppress_tokens",
                       "begin_suppress_tokens", extras));
  SOTTO_TRY(add_extras(config, "suppress_tokens", "begin_suppress_tokens", extras));
  return extras;
}

}  // namespace sotto
