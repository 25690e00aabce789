// Files of the operating system as sources and sinks of bytes. For the native command and for
// tests; the browser brings its own sources.
#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include "io/byte_reader.h"
#include "io/sotto_writer.h"

namespace sotto {

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using FileHandle = std::unique_ptr<std::FILE, FileCloser>;

// A file opened for reading. Movable.
class FileSource : public ByteSource {
 public:
  // Io with the system's reason.
  static Result<FileSource> open(const std::string& path);
  uint64_t size_bytes() const override { return size_bytes_; }
  Status read_at(uint64_t offset, void* dst, size_t size) override;

 private:
  FileSource(FileHandle file, std::string path, uint64_t size_bytes)
      : file_(std::move(file)), path_(std::move(path)), size_bytes_(size_bytes) {}

  FileHandle file_;
  std::string path_;
  uint64_t size_bytes_;
};

// A file that is written beside its final name and appears under it when it is complete, so that
// an interrupted run leaves no half model. Without commit() nothing stays.
class FileSink : public ByteSink {
 public:
  static Result<FileSink> create(const std::string& path);
  FileSink(FileSink&& other) noexcept = default;
  FileSink& operator=(FileSink&& other) = delete;
  ~FileSink() override;
  Status write_at(uint64_t offset, const void* bytes, size_t size) override;
  // Flushes and renames; nothing may be written afterwards.
  Status commit();

 private:
  FileSink(FileHandle file, std::string path, std::string partial)
      : file_(std::move(file)), path_(std::move(path)), partial_(std::move(partial)) {}

  FileHandle file_;
  std::string path_;
  std::string partial_;
};

}  // namespace sotto
