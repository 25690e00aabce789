#include "base/status.h"

#include <doctest/doctest.h>

#include <memory>

using namespace sotto;

namespace {

Result<int> parse_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return mismatch(Code::kBadFormat, "digit", "0 to 9", std::string(1, c));
}

Result<int> add_digits(char a, char b) {
  SOTTO_ASSIGN(const int x, parse_digit(a));
  SOTTO_ASSIGN(const int y, parse_digit(b));
  return x + y;
}

Status check_digits(char a, char b) {
  SOTTO_TRY(parse_digit(a).status());
  SOTTO_TRY(parse_digit(b).status());
  return {};
}

}  // namespace

TEST_CASE("status: a result carries a value or the first error") {
  CHECK(add_digits('3', '4').value() == 7);
  const Result<int> bad = add_digits('3', 'x');
  CHECK_FALSE(bad.ok());
  CHECK(bad.status().code() == Code::kBadFormat);
  CHECK(bad.status().message() == "digit: expected 0 to 9, got x");
  CHECK(check_digits('1', '2').ok());
  CHECK(check_digits('?', '!').message() == "digit: expected 0 to 9, got ?");
}

TEST_CASE("status: results hold what can only be moved") {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(5));
  const std::unique_ptr<int> taken = std::move(result.value());
  CHECK(*taken == 5);
}

TEST_CASE("status: every code has a name of its own") {
  CHECK(std::string(code_name(Code::kChecksumMismatch)) == "ChecksumMismatch");
  CHECK(std::string(code_name(Code::kOutOfMemory)) == "OutOfMemory");
  CHECK(mismatch(Code::kTruncated, "file: bytes", 10, 7).message() ==
        "file: bytes: expected 10, got 7");
}
