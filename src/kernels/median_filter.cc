#include "kernels/median_filter.h"

namespace sotto {

namespace {

constexpr int kReach = 3;

// Comparisons in this form are one instruction each, and those of a row run in lanes.
float lower(float a, float b) { return a < b ? a : b; }
float upper(float a, float b) { return a < b ? b : a; }

void order(float& a, float& b) {
  const float low = lower(a, b);
  b = upper(a, b);
  a = low;
}

// Of any five of seven values neither the smallest nor the largest is the middle, and leaving both
// out keeps it the middle of the rest.
float median7(float a, float b, float c, float d, float e, float f, float g) {
  // Of the first five, a becomes the smallest and d the largest.
  order(a, b), order(c, d), order(a, c), order(b, d), order(a, e), order(e, d);
  // Of b <= c <= e and f <= g, the middle is that of max(b, f), c and min(e, g).
  order(b, c), order(b, e), order(c, e);
  order(f, g);
  const float low = upper(b, f), high = lower(e, g);
  return upper(lower(low, high), lower(upper(low, high), c));
}

// Values at a time, with their neighbours in one place.
constexpr int kBlock = 256;

}  // namespace

void add_median7_f32(const float* x, int n, float* sum) {
  if (n <= kReach) {
    for (int i = 0; i < n; ++i) sum[i] += x[i];
    return;
  }
  float near[kBlock + 2 * kReach];
  for (int first = 0; first < n; first += kBlock) {
    const int count = n - first < kBlock ? n - first : kBlock;
    for (int i = 0; i < count + 2 * kReach; ++i) {
      const int place = first + i < kReach ? kReach - first - i : first + i - kReach;
      near[i] = x[place < n ? place : 2 * (n - 1) - place];
    }
    for (int i = 0; i < count; ++i) {
      const float* p = near + i;
      sum[first + i] += median7(p[0], p[1], p[2], p[3], p[4], p[5], p[6]);
    }
  }
}

}  // namespace sotto
