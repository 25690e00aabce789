// How results cross to JavaScript: { ok: true, value } or { ok: false, code, message }. Nothing is
// thrown on either side of the border.
#pragma once

#include <emscripten/val.h>

#include "base/status.h"

namespace sotto {

inline emscripten::val success(const emscripten::val& value = emscripten::val::undefined()) {
  emscripten::val result = emscripten::val::object();
  result.set("ok", true);
  result.set("value", value);
  return result;
}

inline emscripten::val failure(const Status& status) {
  emscripten::val result = emscripten::val::object();
  result.set("ok", false);
  result.set("code", std::string(code_name(status.code())));
  result.set("message", status.message());
  return result;
}

inline emscripten::val from_status(const Status& status) {
  return status.ok() ? success() : failure(status);
}

}  // namespace sotto
