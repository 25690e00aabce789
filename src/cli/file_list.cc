#include "cli/file_list.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include "text/json_reader.h"

namespace sotto {
namespace {

// What editors and shells of Windows put in front of a text.
constexpr const char* kByteOrderMark = "\xef\xbb\xbf";
constexpr const char* kWanted = "the name of a sound file, or an object with `path` or `file`";

Result<std::string> path_in(const std::string& object) {
  std::string path, file;
  bool has_path = false;
  JsonReader json(object);
  json.object([&](const std::string& key) {
    if (key == "path") {
      path = json.string();
      has_path = true;
    } else if (key == "file") {
      file = json.string();
    } else {
      json.skip();
    }
  });
  json.finish();
  SOTTO_TRY(json.status());
  return has_path ? path : file;
}

}  // namespace

bool FileList::read_line() {
  line_.clear();
  too_long_ = false;
  int c = std::fgetc(in_);
  const bool at_end = c == EOF;
  for (; c != EOF && c != '\n'; c = std::fgetc(in_)) {
    too_long_ = too_long_ || line_.size() == kMaxLine_bytes;
    if (!too_long_) line_.push_back(static_cast<char>(c));
  }
  // Where reading fails in the middle of a line, what came of it is no name.
  if (std::ferror(in_) != 0) error_number_ = errno;
  if (at_end || error_number_ != 0) return false;
  if (!line_.empty() && line_.back() == '\r') line_.pop_back();
  if (++line_number_ == 1 && line_.starts_with(kByteOrderMark)) {
    line_.erase(0, std::strlen(kByteOrderMark));
  }
  return true;
}

Result<ListedFile> FileList::parse_line() const {
  const std::string where = "line " + std::to_string(line_number_);
  if (too_long_) {
    return mismatch(Code::kBadFormat, where, "at most " + std::to_string(kMaxLine_bytes) + " bytes",
                    "more");
  }
  ListedFile file{line_, ""};
  if (line_.starts_with('{')) {
    Result<std::string> path = path_in(line_);
    if (!path.ok()) return Status(Code::kBadFormat, where + ": " + path.status().message());
    file = {std::move(path.value()), line_};
  }
  if (file.path.empty()) return mismatch(Code::kBadFormat, where, kWanted, "neither");
  // The list is what standard input holds.
  if (file.path == "-") return mismatch(Code::kBadFormat, where, kWanted, "-");
  // The system would open what stands before it.
  if (file.path.find('\0') != std::string::npos) {
    return mismatch(Code::kBadFormat, where, kWanted, "a name with a zero byte");
  }
  return file;
}

std::optional<Result<ListedFile>> FileList::next() {
  while (read_line()) {
    if (!line_.empty()) return parse_line();
  }
  return std::nullopt;
}

Status FileList::status() const {
  if (error_number_ == 0) return {};
  return Status(Code::kIo, std::string("standard input: ") + std::strerror(error_number_));
}

}  // namespace sotto
