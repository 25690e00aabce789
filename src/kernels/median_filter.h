// The median filter that smooths attention over time before words are aligned.
// Source: openai-whisper, timing.py, median_filter.
#pragma once

namespace sotto {

// sum[i] += median(x[i - 3], ..., x[i + 3]) for x[n], mirrored at its ends without doubling them;
// with fewer than four values, which have no mirror, sum[i] += x[i]. Values are numbers; sum may
// not alias x.
void add_median7_f32(const float* x, int n, float* sum);

}  // namespace sotto
