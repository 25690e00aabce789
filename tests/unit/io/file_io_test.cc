#include "io/file_io.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numeric>
#include <string>
#include <vector>

using namespace sotto;
namespace fs = std::filesystem;

namespace {

// A folder of its own, also where this test runs twice at once, that goes with the test.
struct TemporaryFolder {
  fs::path path = fs::temp_directory_path() /
                  ("sotto_file_io_" +
                   std::to_string(std::chrono::steady_clock::now().time_since_epoch().count()));
  TemporaryFolder() { REQUIRE(fs::create_directory(path)); }
  ~TemporaryFolder() { fs::remove_all(path); }
  std::string file(const char* name) const { return (path / name).string(); }
};

std::vector<uint8_t> counting_bytes(size_t size) {
  std::vector<uint8_t> bytes(size);
  std::iota(bytes.begin(), bytes.end(), uint8_t{0});
  return bytes;
}

std::vector<uint8_t> content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const std::string& path, const std::vector<uint8_t>& bytes) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
}

}  // namespace

TEST_CASE("FileSource: gives any range of a file, and nothing beyond its end") {
  const TemporaryFolder folder;
  const std::vector<uint8_t> bytes = counting_bytes(1000);
  write_file(folder.file("a"), bytes);
  Result<FileSource> source = FileSource::open(folder.file("a"));
  REQUIRE(source.ok());
  CHECK(source->size_bytes() == 1000);
  for (const size_t offset : {size_t{900}, size_t{0}, size_t{999}, size_t{1000}}) {
    std::vector<uint8_t> piece(1000 - offset);
    REQUIRE(source->read_at(offset, piece.data(), piece.size()).ok());
    CHECK(std::equal(piece.begin(), piece.end(), bytes.begin() + static_cast<long>(offset)));
  }
  uint8_t two[2] = {};
  CHECK(source->read_at(999, two, 2).code() == Code::kTruncated);
  CHECK(source->read_at(1001, two, 1).code() == Code::kTruncated);
  CHECK(source->read_at(UINT64_MAX, two, 2).code() == Code::kTruncated);
  CHECK(source->read_at(5000, two, 0).ok());
}

TEST_CASE("FileSource: a file that became shorter is an error, not rubbish") {
  const TemporaryFolder folder;
  write_file(folder.file("a"), counting_bytes(100'000));
  Result<FileSource> source = FileSource::open(folder.file("a"));
  REQUIRE(source.ok());
  fs::resize_file(folder.file("a"), 10);
  std::vector<uint8_t> piece(50'000);
  CHECK(source->read_at(0, piece.data(), piece.size()).code() == Code::kTruncated);
}

TEST_CASE("FileSource: what is missing or a folder is Io, naming the path") {
  const TemporaryFolder folder;
  for (const std::string& path : {folder.file("missing"), folder.path.string()}) {
    const Result<FileSource> source = FileSource::open(path);
    CHECK(source.status().code() == Code::kIo);
    CHECK(source.status().message().find(path) != std::string::npos);
  }
}

TEST_CASE("FileSink: the file appears when it is complete, with what was written where") {
  const TemporaryFolder folder;
  const std::string path = folder.file("out");
  {
    Result<FileSink> sink = FileSink::create(path);
    REQUIRE(sink.ok());
    REQUIRE(sink->write_at(4, "data", 4).ok());
    REQUIRE(sink->write_at(0, "head", 4).ok());
    CHECK_FALSE(fs::exists(path));
    REQUIRE(sink->commit().ok());
  }
  CHECK(content(path) == std::vector<uint8_t>{'h', 'e', 'a', 'd', 'd', 'a', 't', 'a'});
  CHECK(std::distance(fs::directory_iterator(folder.path), {}) == 1);
}

TEST_CASE("FileSink: without commit an older file stays, and nothing else does") {
  const TemporaryFolder folder;
  const std::string path = folder.file("out");
  write_file(path, {1, 2, 3});
  {
    Result<FileSink> sink = FileSink::create(path);
    REQUIRE(sink.ok());
    REQUIRE(sink->write_at(0, "half", 4).ok());
  }
  CHECK(content(path) == std::vector<uint8_t>{1, 2, 3});
  CHECK(std::distance(fs::directory_iterator(folder.path), {}) == 1);
  CHECK(FileSink::create(folder.file("no/such/folder")).status().code() == Code::kIo);
}
