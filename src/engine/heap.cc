#include "engine.h"

#if defined(__EMSCRIPTEN__)
#include <emscripten/heap.h>
#elif defined(__unix__) || defined(__APPLE__)
#include <sys/resource.h>
#endif

namespace sotto {

uint64_t peak_heap_bytes() {
#if defined(__EMSCRIPTEN__)
  // A WebAssembly memory never shrinks: its size is its peak.
  return emscripten_get_heap_size();
#elif defined(__unix__) || defined(__APPLE__)
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
#if defined(__APPLE__)
  return static_cast<uint64_t>(usage.ru_maxrss);
#else
  // Linux counts in units of 1024 bytes.
  return static_cast<uint64_t>(usage.ru_maxrss) * 1024;
#endif
#else
  return 0;
#endif
}

}  // namespace sotto
