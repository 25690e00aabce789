// Fields of an options object of JavaScript; what is missing stays as it is.
#pragma once

#include <emscripten/val.h>

#include <string>
#include <vector>

namespace sotto {

void read_text(const emscripten::val& js, const char* name, std::string& field);
void read_flag(const emscripten::val& js, const char* name, bool& field);
// What JavaScript has is one kind of number.
double number(const emscripten::val& js, const char* name, double missing);

template <class T>
void read_number(const emscripten::val& js, const char* name, T& field) {
  field = static_cast<T>(number(js, name, static_cast<double>(field)));
}

template <class T>
void read_numbers(const emscripten::val& js, const char* name, std::vector<T>& field) {
  const emscripten::val value = js[name];
  if (value.isUndefined()) return;
  field.clear();
  for (int i = 0; i < static_cast<int>(number(value, "length", 0)); ++i) {
    field.push_back(static_cast<T>(value[i].as<double>()));
  }
}

}  // namespace sotto
