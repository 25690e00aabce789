// Every kernel in scalar and in vector code, and over the emulated inner product of other
// processors, on the same inputs: the same bits, as simd/simd.h promises. The backends are linked
// side by side, each core with its own name for the namespace (cmake/fuzz.cmake).
#include <bit>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "fuzz/kernel_cases.h"

#define SOTTO_DECLARE_BACKEND(name)                                           \
  namespace name::fuzz {                                                      \
  std::vector<fuzzed::Outcome> run_kernel(const uint8_t* bytes, size_t size); \
  }
SOTTO_DECLARE_BACKEND(sotto_scalar)
SOTTO_DECLARE_BACKEND(sotto_kUnsigned)
SOTTO_DECLARE_BACKEND(sotto_kSigned)
SOTTO_DECLARE_BACKEND(sotto_kPairSaturating)
#undef SOTTO_DECLARE_BACKEND

namespace {

using Outcomes = std::vector<fuzzed::Outcome>;

bool same_bits(float a, float b) {
  // What kind of not-a-number it is, nobody promises.
  return std::bit_cast<uint32_t>(a) == std::bit_cast<uint32_t>(b) ||
         (std::isnan(a) && std::isnan(b));
}

[[noreturn]] void differ(const char* backend, const char* what, size_t index, double a, double b) {
  std::fprintf(stderr, "broken: %s: value %zu is %.9g in scalar code and %.9g by %s\n", what, index,
               a, b, backend);
  std::abort();
}

void compare(const Outcomes& scalar, const char* backend, const Outcomes& other, bool is_twin) {
  for (size_t i = 0; i < scalar.size(); ++i) {
    const fuzzed::Outcome& a = scalar[i];
    const fuzzed::Outcome& b = other[i];
    if (!is_twin && a.same == fuzzed::Same::kInTwins) continue;
    if (a.f32.size() != b.f32.size() || a.i32.size() != b.i32.size()) {
      differ(backend, a.what, 0, double(a.f32.size()), double(b.f32.size()));
    }
    for (size_t j = 0; j < a.i32.size(); ++j) {
      if (a.i32[j] != b.i32[j]) differ(backend, a.what, j, a.i32[j], b.i32[j]);
    }
    for (size_t j = 0; j < a.f32.size(); ++j) {
      if (!same_bits(a.f32[j], b.f32[j])) differ(backend, a.what, j, a.f32[j], b.f32[j]);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Outcomes scalar = sotto_scalar::fuzz::run_kernel(data, size);
  compare(scalar, "wasm128", sotto::fuzz::run_kernel(data, size), true);
  compare(scalar, "kUnsigned", sotto_kUnsigned::fuzz::run_kernel(data, size), false);
  compare(scalar, "kSigned", sotto_kSigned::fuzz::run_kernel(data, size), false);
  compare(scalar, "kPairSaturating", sotto_kPairSaturating::fuzz::run_kernel(data, size), false);
  return 0;
}
