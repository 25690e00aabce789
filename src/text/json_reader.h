// Reads JSON (RFC 8259) value by value, without a tree: who reads says what is expected next. Made
// for headers of model files, which are untrusted: nesting is bounded, nothing is allocated but the
// strings that are asked for, and nothing is skipped unseen.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/function_ref.h"
#include "base/status.h"

namespace sotto {

enum class JsonKind { kNull, kBool, kNumber, kString, kArray, kObject, kNone };

// The first failure sticks (BadFormat, with the byte, what was expected and what came): later reads
// give nothing and move nothing, loops over members end, and status() tells what went wrong.
//
//   JsonReader json(text);
//   json.object([&](const std::string& key) {
//     if (key == "layers") layers = json.unsigned_integer(1000); else json.skip();
//   });
//   json.finish();
//   SOTTO_TRY(json.status());
class JsonReader {
 public:
  // Deeper than any file of a model: tokenizer.json nests 7 values.
  static constexpr int kMaxDepth = 64;

  // The text must outlive the reader.
  explicit JsonReader(std::string_view text) : text_(text) {}

  // What the next value is; kNone where there is none, or after a failure.
  JsonKind kind();

  // Each reads the next value, or fails where it is of another kind.
  void null();
  bool boolean();
  // Any number, as exact as text/json_number.h says. Fails where it is beyond the range of double.
  double number();
  // A number without fraction or exponent, from 0 to `most`.
  uint64_t unsigned_integer(uint64_t most = UINT64_MAX);
  // In valid UTF-8, escapes resolved.
  std::string string();
  // Calls on_member(key) for each member; it reads or skips the member's value.
  void object(FunctionRef<void(const std::string& key)> on_member);
  // Calls on_item() for each item, likewise.
  void array(FunctionRef<void()> on_item);
  // Any value, read through and checked.
  void skip();
  // Nothing but white space may be left.
  void finish();

  const Status& status() const { return status_; }
  // Records a failure found by the caller; the first one stays.
  void fail(Status status);

 private:
  char peek();
  void skip_space();
  bool take(char c);
  void expected(const char* what);
  void word(const char* letters);
  bool enter(char open);
  std::string_view number_text();
  void digits();
  void escape(std::string& out);
  uint32_t hex4();

  std::string_view text_;
  size_t pos_ = 0;
  int depth_ = 0;
  Status status_;
};

}  // namespace sotto
