// What a matrix product does with its result before it is stored.
#pragma once

#include "kernels/gelu.h"
#include "simd/simd.h"

namespace sotto {

enum class Epilogue {
  kStore,     // y = product + bias
  kGelu,      // y = gelu(product + bias)
  kResidual,  // y = y + product + bias
};

// Finishes up to eight outputs of one row: `lo` and `hi` hold product + bias of outputs
// y[0..3] and y[4..7], of which `count` exist.
inline void finish_tile(Epilogue epilogue, simd::F32x4 lo, simd::F32x4 hi, float* y, int count) {
  float partial[8];
  float* out = y;
  if (count < 8) {
    for (int i = 0; i < 8; ++i) partial[i] = i < count ? y[i] : 0.0f;
    out = partial;
  }
  if (epilogue == Epilogue::kGelu) {
    lo = gelu_f32x4(lo);
    hi = gelu_f32x4(hi);
  } else if (epilogue == Epilogue::kResidual) {
    lo = simd::add(simd::load(out), lo);
    hi = simd::add(simd::load(out + 4), hi);
  }
  simd::store(out, lo);
  simd::store(out + 4, hi);
  if (count < 8) {
    for (int i = 0; i < count; ++i) y[i] = partial[i];
  }
}

// bias[0..7] of a tile of which `count` outputs exist; nullptr means none.
struct TileBias {
  simd::F32x4 lo = simd::zero_f32();
  simd::F32x4 hi = simd::zero_f32();

  TileBias(const float* bias, int count) {
    if (bias == nullptr) return;
    float padded[8] = {};
    for (int i = 0; i < 8 && i < count; ++i) padded[i] = bias[i];
    lo = simd::load(padded);
    hi = simd::load(padded + 4);
  }
};

}  // namespace sotto
