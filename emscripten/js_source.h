// Bytes that JavaScript holds: { sizeBytes, readAt(offset, target), release?(offset, size) }.
#pragma once

#include <emscripten/val.h>

#include <string>
#include <utility>

#include "io/byte_reader.h"

namespace sotto {

class JsSource : public ByteSource {
 public:
  explicit JsSource(emscripten::val source)
      : source_(std::move(source)),
        size_bytes_(source_["sizeBytes"].as<double>()),
        can_release_(source_["release"].typeOf().as<std::string>() == "function") {}

  uint64_t size_bytes() const override { return static_cast<uint64_t>(size_bytes_); }

  Status read_at(uint64_t offset, void* dst, size_t size) override {
    const double end = static_cast<double>(offset) + static_cast<double>(size);
    if (end > size_bytes_) {
      return mismatch(Code::kTruncated, "source: bytes", static_cast<long long>(end),
                      static_cast<long long>(size_bytes_));
    }
    // The view is filled within the call: it would not survive a growth of the memory.
    const emscripten::val view(emscripten::typed_memory_view(size, static_cast<uint8_t*>(dst)));
    if (source_.call<bool>("readAt", static_cast<double>(offset), view)) return {};
    return Status(Code::kIo, "source: cannot read " + std::to_string(size) + " bytes at " +
                                 std::to_string(offset));
  }

  void release(uint64_t offset, uint64_t size) override {
    if (!can_release_) return;
    source_.call<void>("release", static_cast<double>(offset), static_cast<double>(size));
  }

 private:
  emscripten::val source_;
  double size_bytes_;
  bool can_release_;
};

}  // namespace sotto
