#include "base/status.h"

namespace sotto {

const char* code_name(Code code) {
  switch (code) {
    case Code::kOk: return "Ok";
    case Code::kInvalidArgument: return "InvalidArgument";
    case Code::kTruncated: return "Truncated";
    case Code::kBadFormat: return "BadFormat";
    case Code::kUnsupported: return "Unsupported";
    case Code::kChecksumMismatch: return "ChecksumMismatch";
    case Code::kOutOfMemory: return "OutOfMemory";
    case Code::kIo: return "Io";
    case Code::kCancelled: return "Cancelled";
    case Code::kBadState: return "BadState";
  }
  return "Unknown";
}

Status mismatch(Code code, const std::string& what, const std::string& expected,
                const std::string& actual) {
  return Status(code, what + ": expected " + expected + ", got " + actual);
}

Status mismatch(Code code, const std::string& what, long long expected, long long actual) {
  return mismatch(code, what, std::to_string(expected), std::to_string(actual));
}

}  // namespace sotto
