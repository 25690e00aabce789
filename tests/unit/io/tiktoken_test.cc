#include "io/tiktoken.h"

#include <doctest/doctest.h>

#include "unit/text/text_assets.h"

using sotto::Code;
using sotto::MemorySource;
using sotto::read_tiktoken;

namespace {

sotto::Result<std::vector<std::string>> read(std::string_view text) {
  MemorySource source({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
  return read_tiktoken(source);
}

// The message of the BadFormat that reading gives.
std::string refusal(std::string_view text) {
  const auto result = read(text);
  CHECK(result.status().code() == Code::kBadFormat);
  return result.status().message();
}

// A file that says it is huge; nothing of it is ever read.
class HugeSource : public sotto::ByteSource {
 public:
  uint64_t size_bytes() const override { return uint64_t{1} << 40; }
  sotto::Status read_at(uint64_t, void*, size_t) override { return {Code::kIo, "was read"}; }
};

}  // namespace

TEST_CASE("tokens stand at their rank, in whatever order the lines come") {
  const auto tokens = read("QUI= 1\nIQ== 0\nQUJD 3\r\n\n/+8= 2");
  REQUIRE(tokens.ok());
  CHECK(tokens.value() == std::vector<std::string>{"!", "AB", "\xFF\xEF", "ABC"});
}

TEST_CASE("a lone padding sign is the empty token of the multilingual table") {
  const auto tokens = read("IQ== 0\n= 1\n");
  REQUIRE(tokens.ok());
  CHECK(tokens.value() == std::vector<std::string>{"!", ""});
}

TEST_CASE("Whisper's two tables") {
  const auto gpt2 = sotto_test::whisper_vocabulary("gpt2");
  REQUIRE(gpt2.size() == 50256);
  CHECK(gpt2[0] == "!");
  CHECK(gpt2[50255] == " gazed");
  const auto multilingual = sotto_test::whisper_vocabulary("multilingual");
  REQUIRE(multilingual.size() == 50257);
  CHECK(multilingual[50254] == " ('");
  CHECK(multilingual[50256] == "");
}

TEST_CASE("what is not of the form is refused, with its line") {
  CHECK(refusal("IQ== 0\nI*== 1\n").find("line 2") != std::string::npos);
  CHECK(refusal("IQ== 0\nQQ==\n").find("line 2") != std::string::npos);
  CHECK(refusal("IQ== 0x\n").find("line 1") != std::string::npos);
  refusal("IQ== -1\n");
  refusal("IQ== \n");
  refusal(" 0\n");
  refusal("Q 0\n");
  refusal("IQ==  0\n");
  refusal("IQ== 99999999999999999999999\n");
  refusal(std::string_view("\0\0\0\0", 4));
}

TEST_CASE("ranks that are not 0 to n - 1 are refused") {
  CHECK(refusal("IQ== 0\nQQ== 0\n").find("twice 0") != std::string::npos);
  CHECK(refusal("IQ== 0\nQQ== 2\n").find("0 to 1") != std::string::npos);
  refusal("IQ== 1\n");
  refusal("IQ== 4000000000\n");
}

TEST_CASE("an empty file and an endless one are refused") {
  refusal("");
  refusal("\n\n");
  HugeSource huge;
  CHECK(read_tiktoken(huge).status().code() == Code::kBadFormat);
}
