// Free functions: heapBytes(), variant().
#include <emscripten/bind.h>

#include <string>

#include "engine.h"

namespace sotto {

namespace {

double heap_bytes() { return static_cast<double>(peak_heap_bytes()); }
std::string variant() { return SOTTO_VARIANT; }

}  // namespace

EMSCRIPTEN_BINDINGS(sotto_module) {
  emscripten::function("heapBytes", &heap_bytes);
  emscripten::function("variant", &variant);
}

}  // namespace sotto
