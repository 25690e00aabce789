#include "cli/file_list.h"

#include <doctest/doctest.h>

#include <cerrno>
#include <string>
#include <vector>

#include "io/file_io.h"

using namespace sotto;

namespace {

FileHandle file_of(const std::string& text) {
  FileHandle file(std::tmpfile());
  REQUIRE(file != nullptr);
  std::fwrite(text.data(), 1, text.size(), file.get());
  std::rewind(file.get());
  return file;
}

// The list's files: a path, `path < object`, or the message of a line that names none.
std::vector<std::string> listed(const std::string& text) {
  const FileHandle file = file_of(text);
  FileList list(file.get());
  std::vector<std::string> all;
  while (const auto next = list.next()) {
    if (!next->ok()) {
      CHECK(next->status().code() == Code::kBadFormat);
      all.push_back(next->status().message());
    } else {
      const ListedFile& one = next->value();
      all.push_back(one.object.empty() ? one.path : one.path + " < " + one.object);
    }
  }
  CHECK(list.status().ok());
  return all;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("file list: paths, a line each") {
  CHECK(listed("").empty());
  CHECK(listed("\n\r\n\n").empty());
  CHECK(listed("a.wav\n\n b c.wav \r\nlast.wav") == Lines{"a.wav", " b c.wav ", "last.wav"});
  CHECK(listed("\xef\xbb\xbf"
               "a.wav\n\xef\xbb\xbf"
               "b.wav\n") == Lines{"a.wav",
                                   "\xef\xbb\xbf"
                                   "b.wav"});
  // Systems know names as bytes; in JSON they must be text.
  CHECK(listed("\xff.wav\n[1].wav\n\"q\".wav\n") == Lines{"\xff.wav", "[1].wav", "\"q\".wav"});
}

TEST_CASE("file list: objects come back as they were") {
  CHECK(listed(R"({"path": "a.wav", "id": 12345678901234567890, "x": {"file": "no"}})"
               "\r\n"
               R"({"file":"\u00fc.wav"})") ==
        Lines{R"(a.wav < {"path": "a.wav", "id": 12345678901234567890, "x": {"file": "no"}})",
              R"(ü.wav < {"file":"\u00fc.wav"})"});
  CHECK(listed(R"({"file": "b", "path": "a"})") == Lines{R"(a < {"file": "b", "path": "a"})"});
}

TEST_CASE("file list: lines that name nothing say so and are passed") {
  const std::string deep(10'000, '[');
  const std::string rubbish[] = {"{",
                                 "{}",
                                 R"({"path": 3})",
                                 R"({"path": ""})",
                                 R"({"file": "a"} b)",
                                 "{\"file\": \"\xff\"}",
                                 R"({"path": "a\u0000b"})",
                                 std::string("a\0b", 3),
                                 "-",
                                 "{\"file\": \"a\", \"x\": " + deep + "}",
                                 std::string(FileList::kMaxLine_bytes + 1, 'a')};
  for (const std::string& line : rubbish) {
    const Lines lines = listed("first.wav\n" + line + "\nlast.wav\n");
    REQUIRE(lines.size() == 3);
    CHECK(lines[1].starts_with("line 2: "));
    CHECK(lines[1].size() < 300);
    CHECK(lines[2] == "last.wav");
  }
  CHECK(listed(std::string(FileList::kMaxLine_bytes, 'a') + "\n")[0].size() ==
        FileList::kMaxLine_bytes);
}

TEST_CASE("file list: a stream that cannot be read") {
  const FileHandle folder(std::fopen("/", "r"));
  if (folder == nullptr) {
    MESSAGE("skipped: folders cannot be opened here");
    return;
  }
  FileList list(folder.get());
  CHECK_FALSE(list.next());
  CHECK(list.status().code() == Code::kIo);
}
