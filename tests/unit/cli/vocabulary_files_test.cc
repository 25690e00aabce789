#include "cli/vocabulary_files.h"

#include <doctest/doctest.h>

#include <atomic>
#include <fstream>

#include "unit/text/text_assets.h"

using sotto::Code;
using sotto::read_model_lists;
using sotto::read_vocabulary;
using Vocabulary = std::vector<std::string>;
namespace fs = std::filesystem;

namespace {

// A folder that lives as long as the test.
class Folder {
 public:
  Folder() {
    static std::atomic<int> count = 0;
    const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
    path_ = fs::temp_directory_path() /
            ("sotto_vocabulary_" + std::to_string(now) + "_" + std::to_string(count++));
    REQUIRE(fs::create_directories(path_));
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  Folder& add(const std::string& name, std::string_view content) {
    std::ofstream(path_ / name, std::ios::binary) << content;
    return *this;
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

Vocabulary vocabulary_in(const fs::path& folder) {
  auto vocabulary = read_vocabulary(folder);
  INFO(vocabulary.status().message());
  REQUIRE(vocabulary.ok());
  return vocabulary.value();
}

// The BadFormat that a folder with this one file gives must name the file.
void check_refused(const std::string& name, std::string_view content) {
  CAPTURE(name);
  CAPTURE(content);
  Folder folder;
  folder.add(name, content);
  const auto status = name == "config.json" || name == "generation_config.json"
                          ? read_model_lists(folder.path()).status()
                          : read_vocabulary(folder.path()).status();
  CHECK(status.code() == Code::kBadFormat);
  CHECK(status.message().find(name) != std::string::npos);
}

const fs::path kAssets = fs::path(SOTTO_SOURCE_DIR) / ".cache/assets";

}  // namespace

TEST_CASE("every byte is written as GPT-2 writes it, and read back") {
  // All 256: U+0100 to U+0143 for those that cannot be printed, in order, the rest as themselves.
  std::string written, expected;
  uint32_t next = 0x100;
  for (uint32_t byte = 0; byte < 256; ++byte) {
    const bool hidden = byte <= 0x20 || (byte >= 0x7F && byte <= 0xA0) || byte == 0xAD;
    sotto_test::append_utf8(written, hidden ? next++ : byte);
    expected += static_cast<char>(byte);
  }
  CHECK(next == 0x144);
  Folder folder;
  folder.add("vocabulary.txt", written + "\n\u0120a\n");
  CHECK(vocabulary_in(folder.path()) == Vocabulary{expected, " a"});
}

TEST_CASE("tokenizer.json: the vocabulary, and added tokens where it has none") {
  Folder folder;
  folder.add("tokenizer.json", R"({"model": {"vocab": {"b": 1, "\u0120a": 0, "<|end|>": 3}},
      "added_tokens": [{"id": 3, "content": "<|end|>"}, {"id": 4, "content": "<|a b|>"}]})");
  CHECK(vocabulary_in(folder.path()) == Vocabulary{" a", "b", "", "<|end|>", "<|a b|>"});
}

TEST_CASE("vocabulary.json as a list, vocab.json as an object, vocabulary.txt as lines") {
  Folder list, object, lines, crlf;
  list.add("vocabulary.json", R"(["!", "\u0120a", "", "\u010a"])");
  object.add("vocab.json", R"({"\u0120a": 1, "!": 0, "": 2, "\u010a": 3})");
  lines.add("vocabulary.txt", "!\n\u0120a\n\n\u010a\n");
  crlf.add("vocabulary.txt", "!\r\n\u0120a\r\n\r\n\u010a");
  const Vocabulary expected = {"!", " a", "", "\n"};
  CHECK(vocabulary_in(list.path()) == expected);
  CHECK(vocabulary_in(object.path()) == expected);
  CHECK(vocabulary_in(lines.path()) == expected);
  CHECK(vocabulary_in(crlf.path()) == expected);
}

TEST_CASE("the files are looked for in a fixed order") {
  Folder folder;
  folder.add("some.tiktoken", "NQ== 0\n");
  CHECK(vocabulary_in(folder.path()) == Vocabulary{"5"});
  folder.add("vocab.json", R"({"4": 0})");
  CHECK(vocabulary_in(folder.path()) == Vocabulary{"4"});
  folder.add("vocabulary.txt", "3\n");
  CHECK(vocabulary_in(folder.path()) == Vocabulary{"3"});
  folder.add("vocabulary.json", R"(["2"])");
  CHECK(vocabulary_in(folder.path()) == Vocabulary{"2"});
  folder.add("tokenizer.json", R"({"model": {"vocab": {"1": 0}}})");
  CHECK(vocabulary_in(folder.path()) == Vocabulary{"1"});
}

TEST_CASE("a folder without a vocabulary, with two, or that is none") {
  Folder folder;
  CHECK(read_vocabulary(folder.path()).status().code() == Code::kIo);
  CHECK(read_vocabulary(folder.path() / "absent").status().code() == Code::kIo);
  folder.add("a.tiktoken", "IQ== 0\n").add("b.tiktoken", "IQ== 0\n");
  CHECK(read_vocabulary(folder.path()).status().code() == Code::kInvalidArgument);
}

TEST_CASE("vocabularies that are not of their form are refused") {
  for (const char* content :
       {"", "{", "[]", "7", "{}", R"({"model": 1})", R"({"model": {"vocab": []}})",
        R"({"model": {"vocab": {}}})", R"({"model": {"vocab": {"a": "0"}}})",
        R"({"model": {"vocab": {"a": -1}}})", R"({"model": {"vocab": {"a": 0.5}}})",
        R"({"model": {"vocab": {"a": 1000000}}})",
        R"({"model": {"vocab": {"a": 18446744073709551615}}})",
        R"({"model": {"vocab": {"a": 0, "b": 0}}})", R"({"model": {"vocab": {"a b": 0}}})",
        R"({"model": {"vocab": {"\u4e2d": 0}}})",
        R"({"model": {"vocab": {"a": 0}}, "added_tokens": [1]})",
        R"({"model": {"vocab": {"a": 0}}, "added_tokens": [{"id": 1}]})",
        R"({"model": {"vocab": {"a": 0}}, "added_tokens": [{"id": "x", "content": "b"}]})"}) {
    check_refused("tokenizer.json", content);
  }
  for (const char* content : {"", "[1]", "\"a\"", "[]", "{}", R"(["a b"])", "[\"\xFF\"]"}) {
    check_refused("vocabulary.json", content);
  }
  for (const char* content : {"", "a b\n", "\xFF\n", "\u4E2D\n"}) {
    check_refused("vocabulary.txt", content);
  }
}

TEST_CASE("values nested deeper than a stack are refused, wherever an id is expected") {
  const std::string nested = std::string(1'000'000, '[') + std::string(1'000'000, ']');
  check_refused("vocab.json", "{\"a\": " + nested + "}");
  check_refused("config.json", "{\"suppress_ids\": [" + nested + "]}");
  check_refused("config.json", "{\"alignment_heads\": [" + nested + "]}");
}

TEST_CASE("tiny.en's own files hold openai-whisper's vocabulary") {
  const Vocabulary expected = sotto_test::whisper_vocabulary("gpt2");
  for (const char* name : {"tokenizer.json", "vocabulary.txt"}) {
    CAPTURE(name);
    Folder folder;
    folder.add(name, sotto_test::read_source_file(std::string(".cache/assets/tiny.en/") + name));
    Vocabulary vocabulary = vocabulary_in(folder.path());
    REQUIRE(vocabulary.size() > 50362);
    CHECK(vocabulary[50256] == "<|endoftext|>");
    CHECK(vocabulary[50362] == "<|notimestamps|>");
    vocabulary.resize(expected.size());
    CHECK((vocabulary == expected));
  }
}

TEST_CASE("tiny.en's config.json agrees with what follows from its vocabulary") {
  const auto extras = read_model_lists(kAssets / "tiny.en");
  INFO(extras.status().message());
  REQUIRE(extras.ok());
  CHECK(extras->suppressed_at_begin == std::vector<int>{220, 50256});
  REQUIRE(extras->alignment_heads.size() == 8);
  CHECK(extras->alignment_heads[0].layer == 1);
  CHECK(extras->alignment_heads[0].head == 0);
  CHECK(extras->alignment_heads[7].layer == 3);
  CHECK(extras->alignment_heads[7].head == 4);
  // openai-whisper adds these specials to its non-speech tokens (DecodingTask).
  const sotto::Tokenizer& tokenizer = sotto_test::whisper_tokenizer(false);
  std::vector<int> derived = tokenizer.non_speech_tokens();
  const sotto::SpecialTokens& special = tokenizer.special();
  for (const int token : {special.sot, special.translate, special.transcribe, special.sot_lm,
                          special.sot_prev, special.no_speech}) {
    derived.push_back(token);
  }
  CHECK(extras->suppressed_tokens == derived);
}

TEST_CASE("Hugging Face's generation_config.json, and config.json after it") {
  Folder folder;
  CHECK(read_model_lists(folder.path()).ok());
  folder.add("config.json", R"({"suppress_tokens": [1, 2], "begin_suppress_tokens": [220, 5],
      "d_model": 384})");
  auto extras = read_model_lists(folder.path());
  REQUIRE(extras.ok());
  CHECK(extras->suppressed_tokens == std::vector<int>{1, 2});
  CHECK(extras->suppressed_at_begin == std::vector<int>{220, 5});
  CHECK(extras->alignment_heads.empty());
  folder.add("generation_config.json", R"({"alignment_heads": [[2, 3]], "suppress_tokens": [7],
      "begin_suppress_tokens": null})");
  extras = read_model_lists(folder.path());
  REQUIRE(extras.ok());
  CHECK(extras->suppressed_tokens == std::vector<int>{7});
  CHECK(extras->suppressed_at_begin == std::vector<int>{220, 5});
  REQUIRE(extras->alignment_heads.size() == 1);
  CHECK(extras->alignment_heads[0].layer == 2);
  CHECK(extras->alignment_heads[0].head == 3);
}

TEST_CASE("configurations that are not of their form are refused") {
  for (const char* content :
       {"", "[]", R"({"alignment_heads": 1})", R"({"alignment_heads": [1]})",
        R"({"alignment_heads": [[1]]})", R"({"alignment_heads": [[1, 2, 3]]})",
        R"({"alignment_heads": [[1, -2]]})", R"({"alignment_heads": [[1, 5000000000]]})",
        R"({"suppress_ids": "1"})", R"({"suppress_ids": [-1]})", R"({"suppress_ids": [1.5]})",
        R"({"suppress_ids_begin": [1000000]})"}) {
    check_refused("config.json", content);
  }
  check_refused("generation_config.json", R"({"begin_suppress_tokens": [[1]]})");
}
