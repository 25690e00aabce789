// What a matrix product does with its result before it is stored.
#pragma once

#include "base/tensor.h"
#include "simd/simd.h"

namespace sotto {

enum class Epilogue {
  kStore,     // y = product + bias
  kGelu,      // y = gelu(product + bias)
  kResidual,  // y = y + product + bias
};

// The same for the last, partial tile of a matrix, out of the way of the others.
void finish_partial_tile(Epilogue epilogue, simd::F32x4 lo, simd::F32x4 hi, float* y, int count);

// Stores up to eight outputs of one row: `lo` and `hi` hold product + bias of outputs y[0..3] and
// y[4..7], of which `count` exist. GELU is left to finish_columns.
inline void finish_tile(Epilogue epilogue, simd::F32x4 lo, simd::F32x4 hi, float* y, int count) {
  if (count < 8) {
    finish_partial_tile(epilogue, lo, hi, y, count);
    return;
  }
  if (epilogue == Epilogue::kResidual) {
    lo = simd::add(simd::load(y), lo);
    hi = simd::add(simd::load(y + 4), hi);
  }
  simd::store(y, lo);
  simd::store(y + 4, hi);
}

// What is left to do for the outputs of tile t in all rows of y, when they are stored: GELU, which
// in the midst of a product would want its registers.
void finish_columns(Epilogue epilogue, MatrixF32 y, int t);

// bias[0..7] of a tile of which `count` outputs exist; nullptr means none.
struct TileBias {
  simd::F32x4 lo = simd::zero_f32();
  simd::F32x4 hi = simd::zero_f32();

  TileBias(const float* bias, int count) {
    if (bias == nullptr) return;
    if (count < 8) {
      load_partial(bias, count);
      return;
    }
    lo = simd::load(bias);
    hi = simd::load(bias + 4);
  }

 private:
  void load_partial(const float* bias, int count);
};

}  // namespace sotto
