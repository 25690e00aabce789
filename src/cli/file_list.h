// Names of sound files, a line each, as `sotto transcribe --jsonl` reads them.
#pragma once

#include <cstdio>
#include <optional>
#include <string>

#include "base/status.h"

namespace sotto {

struct ListedFile {
  std::string path;
  // The line as it came where it is a JSON object, valid and in UTF-8; else empty.
  std::string object;
};

// A line is a path as it stands, or a JSON object ("{...}") whose member `path`, or `file` where it
// has none, is one. Lines end with LF or CRLF; empty ones are passed over.
class FileList {
 public:
  // Room for an object with all that a corpus may say of a recording, and a bound for memory.
  static constexpr size_t kMaxLine_bytes = 1 << 20;

  // The stream is borrowed.
  explicit FileList(std::FILE* in) : in_(in) {}

  // The next file, as soon as its line has come; none at the end. BadFormat for a line that names
  // none, after which the next one can be read.
  std::optional<Result<ListedFile>> next();
  // Io where the stream broke off.
  Status status() const;

 private:
  // Reads the next line, without its end; false where there is none.
  bool read_line();
  Result<ListedFile> parse_line() const;

  std::FILE* in_;
  std::string line_;
  bool too_long_ = false;
  int line_number_ = 0;
  int error_number_ = 0;
};

}  // namespace sotto
