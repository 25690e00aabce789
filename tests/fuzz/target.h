// What every fuzzer here is made of. A target takes bytes that nobody chose, gives them to a reader
// and to all that stands behind it, and ends the program where a promise is broken; the sanitizers
// see the rest. libFuzzer enters by LLVMFuzzerTestOneInput, which only fuzzers have
// (SOTTO_FUZZ_ENTRY): the unit tests call the targets by name on seeds and on cases found before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>

namespace sotto::fuzz {

using Input = std::span<const uint8_t>;

// Each says whether the input was accepted as what it claims to be.
bool run_ggml(Input input);
bool run_ct2(Input input);
bool run_sotto(Input input);
bool run_safetensors(Input input);
bool run_wav(Input input);
bool run_tokenizer(Input input);
bool run_config(Input input);

// A promise that must hold whatever the input is.
inline void require(bool holds, const char* promise) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", promise);
  std::abort();
}

}  // namespace sotto::fuzz

#if defined(SOTTO_FUZZ_ENTRY)
#define SOTTO_FUZZ_TARGET(name)                                             \
  extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) { \
    sotto::fuzz::run_##name({data, size});                                  \
    return 0;                                                               \
  }
#else
#define SOTTO_FUZZ_TARGET(name)
#endif
