#include "js_options.h"

namespace sotto {

using emscripten::val;

void read_text(const val& js, const char* name, std::string& field) {
  const val value = js[name];
  if (value.isString()) field = value.as<std::string>();
}

void read_flag(const val& js, const char* name, bool& field) {
  const val value = js[name];
  if (!value.isUndefined()) field = value.as<bool>();
}

double number(const val& js, const char* name, double missing) {
  const val value = js[name];
  return value.isUndefined() ? missing : value.as<double>();
}

}  // namespace sotto
