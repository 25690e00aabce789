#include "audio/resample.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <string>

namespace sotto {
namespace {

constexpr int kLowestRate_hz = 1'000;
constexpr int kHighestRate_hz = 768'000;
// Of the lower Nyquist frequency: the pass band ends here, the stop band begins at 1.
constexpr double kPassBand = 0.9;
// Aliases add up over the images and lose a little to the rounding of the table, so the design
// asks for more than the 80 dB that are promised.
constexpr double kStopBand_db = 96.0;
// Sums are kept in this many lanes, enough to hide the latency of additions on any vector unit; a
// kernel's length is a multiple of it.
constexpr size_t kLanes = 16;
// One kernel per fraction up to this size (1 MiB): all common pairs of rates need 0.3 at most.
constexpr size_t kMostExactFloats = size_t{1} << 18;
// Linear interpolation between kernels stored at 1 / p of a period of the lower rate errs by
// (pi / p)^2 / 8 at the band's edge: -106 dB for 512.
constexpr double kInterpolatedPhases = 512;
// Long input is worked off in pieces, so that it is never held twice.
constexpr size_t kPiece_samples = 4096;

// Modified Bessel function of the first kind, order 0, by its power series.
double bessel_i0(double x) {
  double term = 1;
  double sum = 1;
  for (int k = 1; term > 1e-17 * sum; ++k) {
    term *= (x / (2 * k)) * (x / (2 * k));
    sum += term;
  }
  return sum;
}

// The windowed sinc at any distance from its centre. Kaiser's formulas give window and length for
// a stop band and a transition width: J. F. Kaiser, "Nonrecursive digital filter design using the
// I0-sinh window function", 1974.
class WindowedSinc {
 public:
  // `relative_rate`: the lower rate as a share of the input's.
  explicit WindowedSinc(double relative_rate)
      : cutoff_(relative_rate * (1 + kPassBand) / 2),
        beta_(0.1102 * (kStopBand_db - 8.7)),
        window_scale_(1 / bessel_i0(beta_)) {
    const double transition = relative_rate * (1 - kPassBand) / 2;  // in cycles per input sample
    half_width_ = (kStopBand_db - 7.95) / (14.36 * transition) / 2;
  }

  // In input samples.
  double half_width() const { return half_width_; }

  double at(double distance) const {
    const double edge = distance / half_width_;
    if (edge * edge >= 1) return 0;
    const double window = bessel_i0(beta_ * std::sqrt(1 - edge * edge)) * window_scale_;
    const double angle = std::numbers::pi * cutoff_ * distance;
    return window * (angle == 0 ? 1 : std::sin(angle) / angle);
  }

 private:
  double cutoff_;
  double beta_;
  double window_scale_;
  double half_width_;
};

// sum of x[i] * kernel[i], always added up in the same order.
float dot(const float* x, const float* kernel, size_t count) {
  float lanes[kLanes] = {};
  for (size_t i = 0; i < count; i += kLanes) {
    for (size_t l = 0; l < kLanes; ++l) lanes[l] += x[i + l] * kernel[i + l];
  }
  for (size_t width = kLanes / 2; width > 0; width /= 2) {
    for (size_t l = 0; l < width; ++l) lanes[l] += lanes[l + width];
  }
  return lanes[0];
}

}  // namespace

Result<Resampler> Resampler::create(int in_rate_hz, int out_rate_hz) {
  for (const int rate_hz : {in_rate_hz, out_rate_hz}) {
    if (rate_hz < kLowestRate_hz || rate_hz > kHighestRate_hz) {
      return mismatch(
          Code::kInvalidArgument, "sample rate",
          std::to_string(kLowestRate_hz) + " to " + std::to_string(kHighestRate_hz) + " Hz",
          std::to_string(rate_hz));
    }
  }
  Resampler resampler;
  const int divisor = std::gcd(in_rate_hz, out_rate_hz);
  resampler.ratio_ = out_rate_hz / divisor;
  resampler.step_ = in_rate_hz / divisor;
  if (in_rate_hz != out_rate_hz) resampler.make_kernels();
  resampler.start();
  return resampler;
}

void Resampler::make_kernels() {
  const double relative_rate = std::min(1.0, static_cast<double>(ratio_) / step_);
  const WindowedSinc sinc(relative_rate);
  // A kernel reaches from half - 1 samples before the one that its output falls on or behind, to
  // `half` samples after it.
  const auto reach = static_cast<size_t>(std::ceil(sinc.half_width()));
  const size_t half = (reach + kLanes / 2 - 1) / (kLanes / 2) * (kLanes / 2);
  taps_ = 2 * half;
  phases_ = ratio_;
  interpolates_ = static_cast<size_t>(ratio_) > kMostExactFloats / taps_;
  if (interpolates_) phases_ = static_cast<int>(std::ceil(kInterpolatedPhases * relative_rate));

  const size_t rows = static_cast<size_t>(phases_) + (interpolates_ ? 1 : 0);
  kernels_.resize(rows * taps_);
  std::vector<double> row(taps_);
  for (size_t r = 0; r < rows; ++r) {
    const double fraction = static_cast<double>(r) / phases_;
    double sum = 0;
    for (size_t t = 0; t < taps_; ++t) {
      row[t] = sinc.at(static_cast<double>(t) - static_cast<double>(half - 1) - fraction);
      sum += row[t];
    }
    // Every kernel passes a constant unchanged.
    for (size_t t = 0; t < taps_; ++t) kernels_[r * taps_ + t] = static_cast<float>(row[t] / sum);
  }
}

void Resampler::start() {
  // Silence before the first sample; the first kernel is centred on that sample.
  pending_.assign(taps_ == 0 ? 0 : taps_ / 2 - 1, 0.0f);
  next_ = 0;
  fraction_ = 0;
}

void Resampler::push(std::span<const float> in, std::vector<float>& out) {
  if (taps_ == 0) {
    out.insert(out.end(), in.begin(), in.end());
    return;
  }
  while (!in.empty()) {
    const std::span<const float> piece = in.first(std::min(in.size(), kPiece_samples));
    pending_.insert(pending_.end(), piece.begin(), piece.end());
    in = in.subspan(piece.size());
    filter(out);
  }
}

void Resampler::finish(std::vector<float>& out) {
  if (taps_ != 0) {
    // With these the kernels fit of exactly those outputs that fall before the end.
    pending_.insert(pending_.end(), taps_ / 2, 0.0f);
    filter(out);
  }
  start();
}

// Computes every output whose kernel lies within `pending_`, then drops what is used up.
void Resampler::filter(std::vector<float>& out) {
  const int whole_step = step_ / ratio_;
  const int fraction_step = step_ % ratio_;
  const float* kernels = kernels_.data();
  while (next_ + taps_ <= pending_.size()) {
    const float* x = pending_.data() + next_;
    if (interpolates_) {
      const double position = static_cast<double>(fraction_) * phases_ / ratio_;
      const auto phase = static_cast<size_t>(position);
      const auto weight = static_cast<float>(position - static_cast<double>(phase));
      const float before = dot(x, kernels + phase * taps_, taps_);
      const float after = dot(x, kernels + (phase + 1) * taps_, taps_);
      out.push_back(before + weight * (after - before));
    } else {
      out.push_back(dot(x, kernels + static_cast<size_t>(fraction_) * taps_, taps_));
    }
    next_ += static_cast<size_t>(whole_step);
    fraction_ += fraction_step;
    if (fraction_ >= ratio_) {
      fraction_ -= ratio_;
      ++next_;
    }
  }
  const size_t used = std::min(next_, pending_.size());
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<ptrdiff_t>(used));
  next_ -= used;
}

}  // namespace sotto
