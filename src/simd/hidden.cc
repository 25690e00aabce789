#include "simd/hidden.h"

namespace sotto::simd {

#if defined(__wasm__)
int32_t hidden_zero() {
  static volatile int32_t zero = 0;
  return zero;
}
#endif

}  // namespace sotto::simd
