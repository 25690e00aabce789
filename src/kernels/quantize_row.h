// One row of activations on its way to int8, for the kernels that make a row and quantise it while
// it is still in the first-level cache.
#pragma once

#include <algorithm>
#include <cmath>

#include "kernels/quantize_rows.h"
#include "simd/simd.h"

namespace sotto {

// Smallest and largest element of a row, 0 included, and whether all were finite.
class RowRange {
 public:
  void include(simd::F32x4 x) {
    lo_ = simd::min(lo_, x);
    hi_ = simd::max(hi_, x);
    // x - x is 0 for finite x only.
    nonfinite_ = simd::add(nonfinite_, simd::sub(x, x));
  }
  void include(float x) {
    least_ = x < least_ ? x : least_;
    greatest_ = greatest_ < x ? x : greatest_;
    finite_ = finite_ && std::isfinite(x);
  }

  float lo() const { return std::min(least_, -simd::max_lane(simd::sub(simd::zero_f32(), lo_))); }
  float hi() const { return std::max(greatest_, simd::max_lane(hi_)); }
  bool finite() const { return finite_ && simd::sum(nonfinite_) == 0.0f; }

 private:
  simd::F32x4 lo_ = simd::zero_f32(), hi_ = simd::zero_f32(), nonfinite_ = simd::zero_f32();
  float least_ = 0, greatest_ = 0;  // of single elements
  bool finite_ = true;
};

// Row r of out from x[out.k], whose range is known, as quantize_rows does it.
void quantize_row(const float* x, const RowRange& range, int r, QuantRows& out);
void quantize_row(const float* x, const RowRange& range, int r, FineRows& out);

}  // namespace sotto
