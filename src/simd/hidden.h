// Numbers that optimisers do not know. V8 makes a vector that is known when it compiles anew at
// each use, of three instructions, and compilers on the way there turn a number spread over the
// lanes into such a vector. What is spread from a hidden number is made once, before the loop, and
// stays in a register: GELU took half the time (docs/performance.md).
#pragma once

#include <bit>
#include <cstdint>

namespace sotto::simd {

#if defined(__wasm__)
// 0, which nobody can tell who does not see the memory that it comes from.
[[gnu::const]] int32_t hidden_zero();
#else
constexpr int32_t hidden_zero() { return 0; }
#endif

// The same value. Zero is a single instruction anyway.
inline int32_t hidden(int32_t x) {
  return __builtin_constant_p(x) && x != 0 ? x ^ hidden_zero() : x;
}
inline float hidden(float x) {
  return __builtin_constant_p(x) && x != 0
             ? std::bit_cast<float>(std::bit_cast<int32_t>(x) ^ hidden_zero())
             : x;
}
template <class T>
const T* hidden(const T* p) {
  return p + hidden_zero();
}

}  // namespace sotto::simd
