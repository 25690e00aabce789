// Errors as values. The core never prints, throws or aborts: every function that can fail returns
// Status or Result<T>, whose message says what was expected and what came.
#pragma once

#include <optional>
#include <string>
#include <utility>

namespace sotto {

// The name of each code (code_name) is what JSON output and the JavaScript errors carry.
enum class Code {
  kOk,
  kInvalidArgument,   // an option or an argument outside its range
  kTruncated,         // a file ends before what its header promises
  kBadFormat,         // wrong magic, lying sizes, fields that contradict each other
  kUnsupported,       // well-formed, but not something this build can do
  kChecksumMismatch,  // bytes that are not the ones that were written
  kOutOfMemory,       // an allocation that failed or would be absurd
  kIo,                // the operating system or the host refused to read or write
  kCancelled,         // stopped on request
  kBadState,          // a call out of order, such as a push after the end
};

// The stable name of a code, such as "Truncated".
const char* code_name(Code code);

class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Code code, std::string message) : code_(code), message_(std::move(message)) {}

  bool ok() const { return code_ == Code::kOk; }
  Code code() const { return code_; }
  const std::string& message() const { return message_; }

 private:
  Code code_ = Code::kOk;
  std::string message_;
};

// An error of the common form "WHAT: expected X, got Y".
Status mismatch(Code code, const std::string& what, const std::string& expected,
                const std::string& actual);
Status mismatch(Code code, const std::string& what, long long expected, long long actual);

// Either a value or the Status that says why there is none.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}          // NOLINT: converts on purpose
  Result(Status status) : status_(std::move(status)) {}  // NOLINT: converts on purpose

  bool ok() const { return value_.has_value(); }
  const Status& status() const { return status_; }
  T& value() { return *value_; }
  const T& value() const { return *value_; }
  T* operator->() { return &*value_; }
  const T* operator->() const { return &*value_; }

 private:
  std::optional<T> value_;
  Status status_;
};

}  // namespace sotto

// Leaves the function with the error of EXPR, a Status.
#define SOTTO_TRY(expr)                            \
  do {                                             \
    ::sotto::Status sotto_status_ = (expr);        \
    if (!sotto_status_.ok()) return sotto_status_; \
  } while (false)

// Declares VAR from EXPR, a Result, or leaves the function with its error.
#define SOTTO_CONCAT_INNER(a, b) a##b
#define SOTTO_CONCAT(a, b) SOTTO_CONCAT_INNER(a, b)
#define SOTTO_ASSIGN_INNER(tmp, var, expr) \
  auto tmp = (expr);                       \
  if (!tmp.ok()) return tmp.status();      \
  var = std::move(tmp.value())
#define SOTTO_ASSIGN(var, expr) SOTTO_ASSIGN_INNER(SOTTO_CONCAT(sotto_result_, __LINE__), var, expr)
