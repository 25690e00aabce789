#include "quant/pack.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace sotto {
namespace {

// Symmetric: -128 stays unused, so that q and -q are both there.
constexpr float kQ8Max = 127.0f;

float finite_or_zero(float w) { return std::isfinite(w) ? w : 0.0f; }

float max_magnitude(const float* row, int k) {
  float largest = 0.0f;
  for (int i = 0; i < k; ++i) largest = std::max(largest, std::fabs(finite_or_zero(row[i])));
  return largest;
}

int8_t quantize(float w, float scale) {
  // A subnormal scale is rounded so coarsely that the quotient may exceed the range.
  const float q = std::nearbyint(finite_or_zero(w) / scale);
  return static_cast<int8_t>(std::clamp(q, -kQ8Max, kQ8Max));
}

// The first byte of a row; its steps are kTileN * kTileStepK bytes apart.
int8_t* q8_row(const Q8Tiles& w, int n) {
  return w.tiles + static_cast<size_t>(n / kTileN) * w.tile_bytes() + (n % kTileN) * kTileStepK;
}

size_t step_offset(int i) {
  return static_cast<size_t>(i / kTileStepK) * kTileN * kTileStepK + i % kTileStepK;
}

float* f32_row(const F32Tiles& w, int n) {
  return w.tiles + static_cast<size_t>(n / kTileN) * kTileN * static_cast<size_t>(w.k) + n % kTileN;
}

void pack_q8_row(const float* row, int n, const Q8Tiles& w) {
  const float scale = max_magnitude(row, w.k) / kQ8Max;
  int8_t* out = q8_row(w, n);
  int32_t sum = 0;
  for (int i = 0; i < padded_k(w.k); ++i) {
    const int8_t q = i < w.k && scale > 0.0f ? quantize(row[i], scale) : int8_t{0};
    out[step_offset(i)] = q;
    sum += q;
  }
  w.scale[n] = scale;
  w.row_sum[n] = sum;
}

void clear_q8_row(int n, const Q8Tiles& w) {
  int8_t* out = q8_row(w, n);
  for (int i = 0; i < padded_k(w.k); i += kTileStepK) {
    std::memset(out + step_offset(i), 0, kTileStepK);
  }
  w.scale[n] = 0.0f;
  w.row_sum[n] = 0;
}

}  // namespace

void pack_q8_rows(const float* w, int first, int count, const Q8Tiles& tiles) {
  for (int r = 0; r < count; ++r) {
    pack_q8_row(w + static_cast<size_t>(r) * static_cast<size_t>(tiles.k), first + r, tiles);
  }
  if (first + count == tiles.n) {
    for (int n = tiles.n; n < padded_n(tiles.n); ++n) clear_q8_row(n, tiles);
  }
}

void pack_f32_rows(const float* w, int first, int count, const F32Tiles& tiles) {
  const size_t k = static_cast<size_t>(tiles.k);
  // Rows of nothing have no memory either, whose address to add to.
  if (k == 0) return;
  for (int r = 0; r < count; ++r) {
    float* out = f32_row(tiles, first + r);
    for (size_t i = 0; i < k; ++i) out[i * kTileN] = w[static_cast<size_t>(r) * k + i];
  }
  if (first + count == tiles.n) {
    for (int n = tiles.n; n < padded_n(tiles.n); ++n) {
      for (size_t i = 0; i < k; ++i) f32_row(tiles, n)[i * kTileN] = 0.0f;
    }
  }
}

void unpack_q8_row(const Q8Tiles& tiles, int n, float* out) {
  const int8_t* row = q8_row(tiles, n);
  for (int i = 0; i < tiles.k; ++i) {
    out[i] = tiles.scale[n] * static_cast<float>(row[step_offset(i)]);
  }
}

void unpack_f32_row(const F32Tiles& tiles, int n, float* out) {
  const float* row = f32_row(tiles, n);
  for (int i = 0; i < tiles.k; ++i) out[i] = row[static_cast<size_t>(i) * kTileN];
}

}  // namespace sotto
