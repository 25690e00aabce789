#include "io/file_io.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace sotto {
namespace {

Status io_error(const std::string& path, const char* doing) {
  const int error = errno;
  return Status(Code::kIo, path + ": cannot " + doing + ": " + std::strerror(error));
}

// off_t has 64 bits in every build of ours; plain fseek would stop at 2 GB where long has 32.
bool seek(std::FILE* file, uint64_t offset) {
  return fseeko(file, static_cast<off_t>(offset), SEEK_SET) == 0;
}

}  // namespace

Result<FileSource> FileSource::open(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    return mismatch(Code::kIo, path, "a file", "a folder");
  }
  FileHandle file(std::fopen(path.c_str(), "rb"));
  if (file == nullptr) return io_error(path, "open");
  if (fseeko(file.get(), 0, SEEK_END) != 0) return io_error(path, "find its end");
  const off_t size = ftello(file.get());
  if (size < 0) return io_error(path, "tell its size");
  return FileSource(std::move(file), path, static_cast<uint64_t>(size));
}

Status FileSource::read_at(uint64_t offset, void* dst, size_t size) {
  if (size == 0) return {};
  if (offset > size_bytes_ || size > size_bytes_ - offset) {
    return mismatch(Code::kTruncated, path_ + " at byte " + std::to_string(offset),
                    std::to_string(size) + " bytes",
                    std::to_string(offset < size_bytes_ ? size_bytes_ - offset : 0));
  }
  if (!seek(file_.get(), offset)) return io_error(path_, "seek");
  if (std::fread(dst, 1, size, file_.get()) != size) {
    // A file that became shorter since it was opened ends without an error.
    if (std::feof(file_.get())) return Status(Code::kTruncated, path_ + ": became shorter");
    return io_error(path_, "read");
  }
  return {};
}

Result<FileSink> FileSink::create(const std::string& path) {
  std::string partial = path + ".partial";
  FileHandle file(std::fopen(partial.c_str(), "wb"));
  if (file == nullptr) return io_error(partial, "create");
  return FileSink(std::move(file), path, std::move(partial));
}

FileSink::~FileSink() {
  if (file_ == nullptr) return;  // committed or moved from
  file_.reset();
  std::remove(partial_.c_str());
}

Status FileSink::write_at(uint64_t offset, const void* bytes, size_t size) {
  if (size == 0) return {};
  if (!seek(file_.get(), offset)) return io_error(partial_, "seek");
  if (std::fwrite(bytes, 1, size, file_.get()) != size) return io_error(partial_, "write");
  return {};
}

Status FileSink::commit() {
  std::FILE* file = file_.release();
  if (std::fclose(file) != 0) {
    const Status status = io_error(partial_, "write");
    std::remove(partial_.c_str());
    return status;
  }
  if (std::rename(partial_.c_str(), path_.c_str()) != 0) {
    const Status status = io_error(path_, "write");
    std::remove(partial_.c_str());
    return status;
  }
  return {};
}

}  // namespace sotto
