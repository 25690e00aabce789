#include "kernels/epilogue.h"

#include <algorithm>

#include "kernels/gelu.h"
#include "quant/formats.h"

namespace sotto {

using namespace simd;

void finish_partial_tile(Epilogue epilogue, F32x4 lo, F32x4 hi, float* y, int count) {
  float product[8];
  store(product, lo);
  store(product + 4, hi);
  for (int i = 0; i < count; ++i) {
    y[i] = epilogue == Epilogue::kResidual ? y[i] + product[i] : product[i];
  }
}

void TileBias::load_partial(const float* bias, int count) {
  float padded[8] = {};
  for (int i = 0; i < count; ++i) padded[i] = bias[i];
  lo = load(padded);
  hi = load(padded + 4);
}

void finish_columns(Epilogue epilogue, MatrixF32 y, int t) {
  if (epilogue != Epilogue::kGelu) return;
  const int first = t * kTileN, count = std::min(kTileN, y.cols - first);
  for (int r = 0; r < y.rows; ++r) gelu_f32(y.row(r) + first, count);
}

}  // namespace sotto
