// Free functions: heapBytes(), variant(), dotFlavour().
#include <emscripten/bind.h>

#include <string>

#include "engine.h"
#include "simd/simd.h"

namespace sotto {

namespace {

double heap_bytes() { return static_cast<double>(peak_heap_bytes()); }
std::string variant() { return SOTTO_VARIANT; }
// What this processor's int8 inner product takes (src/simd/dot_range.h).
std::string dot_flavour() { return simd::flavour_name(simd::dot_flavour()); }

}  // namespace

EMSCRIPTEN_BINDINGS(sotto_module) {
  emscripten::function("heapBytes", &heap_bytes);
  emscripten::function("variant", &variant);
  emscripten::function("dotFlavour", &dot_flavour);
}

}  // namespace sotto
