#include "audio/resample.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <span>
#include <utility>
#include <vector>

namespace sotto {
namespace {

using Floats = std::vector<float>;

Resampler make(int in_rate_hz, int out_rate_hz) {
  Result<Resampler> resampler = Resampler::create(in_rate_hz, out_rate_hz);
  REQUIRE_MESSAGE(resampler.ok(), resampler.status().message());
  return std::move(resampler.value());
}

Floats convert(int in_rate_hz, int out_rate_hz, const Floats& in) {
  Resampler resampler = make(in_rate_hz, out_rate_hz);
  Floats out;
  resampler.push(in, out);
  resampler.finish(out);
  return out;
}

double tone_at(double frequency_hz, double sample, int rate_hz) {
  // The phase of a third keeps zeros of the tone off the grid.
  return std::sin(2 * std::numbers::pi * (frequency_hz * sample / rate_hz + 1.0 / 3));
}

Floats tone(double frequency_hz, int rate_hz, size_t count) {
  Floats out(count);
  for (size_t i = 0; i < count; ++i) {
    out[i] = static_cast<float>(tone_at(frequency_hz, static_cast<double>(i), rate_hz));
  }
  return out;
}

// Deterministic noise in [-1, 1).
Floats noise(size_t count) {
  Floats out(count);
  uint32_t state = 1;
  for (float& sample : out) {
    state = state * 1664525u + 1013904223u;
    sample = static_cast<float>(static_cast<int32_t>(state)) / 2147483648.0f;
  }
  return out;
}

double decibels(double amplitude) { return 20 * std::log10(std::max(amplitude, 1e-30)); }

// The tone is as long as 16 times the lower rate's filter and is measured in its middle, where
// the edges of the signal are out of reach.
size_t tone_samples(int in_rate_hz, int out_rate_hz) {
  return static_cast<size_t>(2000.0 * in_rate_hz / std::min(in_rate_hz, out_rate_hz));
}

// Largest deviation of the resampled tone from the tone computed at the new rate.
double tone_error(int in_rate_hz, int out_rate_hz, double frequency_hz) {
  const Floats out = convert(in_rate_hz, out_rate_hz,
                             tone(frequency_hz, in_rate_hz, tone_samples(in_rate_hz, out_rate_hz)));
  double worst = 0;
  for (size_t i = out.size() / 4; i < out.size() * 3 / 4; ++i) {
    const double expected = tone_at(frequency_hz, static_cast<double>(i), out_rate_hz);
    worst = std::max(worst, std::abs(out[i] - expected));
  }
  return worst;
}

// Largest sample that is left of a tone which the lower rate cannot bear.
double tone_residue(int in_rate_hz, int out_rate_hz, double frequency_hz) {
  const Floats out = convert(in_rate_hz, out_rate_hz,
                             tone(frequency_hz, in_rate_hz, tone_samples(in_rate_hz, out_rate_hz)));
  double worst = 0;
  for (size_t i = out.size() / 4; i < out.size() * 3 / 4; ++i) {
    worst = std::max(worst, std::abs(static_cast<double>(out[i])));
  }
  return worst;
}

constexpr int kOut_hz = 16000;
// Common rates, those whose kernels are interpolated (44056, 47999 and primes), and extremes.
constexpr int kRates_hz[] = {8000,  11025, 12345, 15999, 16001, 22050,  32000, 44056,
                             44100, 47999, 48000, 88200, 96000, 192000, 767999};

TEST_CASE("resample: rates out of range are refused") {
  CHECK(Resampler::create(999, 16000).status().code() == Code::kInvalidArgument);
  CHECK(Resampler::create(16000, 768001).status().code() == Code::kInvalidArgument);
  CHECK(Resampler::create(-48000, 16000).status().code() == Code::kInvalidArgument);
  CHECK(Resampler::create(0, 0).status().message() ==
        "sample rate: expected 1000 to 768000 Hz, got 0");
  CHECK(Resampler::create(1000, 768000).ok());
}

TEST_CASE("resample: aliases are 80 dB down") {
  for (const int rate_hz : kRates_hz) {
    if (rate_hz <= kOut_hz) continue;
    // From just above the new Nyquist frequency to just below the old one, 12 tones and the
    // edges; the ones near whole multiples of the new rate fold to almost nothing.
    const double low_hz = kOut_hz / 2.0;
    const double high_hz = rate_hz / 2.0;
    for (int i = 0; i <= 13; ++i) {
      const double frequency_hz = low_hz + (high_hz - low_hz) * (i + 0.01) / 13.02;
      CAPTURE(rate_hz);
      CAPTURE(frequency_hz);
      CHECK(decibels(tone_residue(rate_hz, kOut_hz, frequency_hz)) < -80);
    }
  }
}

TEST_CASE("resample: the pass band comes through flat, in place and without images") {
  // The error against the computed tone bounds ripple (0.0009 dB is 1e-4), delay and images.
  for (const int rate_hz : kRates_hz) {
    const double nyquist_hz = std::min(rate_hz, kOut_hz) / 2.0;
    for (const double share : {0.001, 0.13, 0.25, 0.5, 0.71, 0.85, 0.9}) {
      CAPTURE(rate_hz);
      CAPTURE(share);
      CHECK(decibels(tone_error(rate_hz, kOut_hz, share * nyquist_hz)) < -80);
    }
  }
}

TEST_CASE("resample: a constant stays what it is") {
  for (const int rate_hz : kRates_hz) {
    const Floats out = convert(rate_hz, kOut_hz, Floats(tone_samples(rate_hz, kOut_hz), 0.5f));
    float worst = 0;
    for (size_t i = out.size() / 4; i < out.size() * 3 / 4; ++i) {
      worst = std::max(worst, std::abs(out[i] - 0.5f));
    }
    CHECK_MESSAGE(worst < 1e-6f, rate_hz);
  }
}

TEST_CASE("resample: an impulse stays on its sample") {
  for (const int rate_hz : {8000, 32000, 48000, 96000}) {
    const int factor = std::max(rate_hz, kOut_hz) / std::min(rate_hz, kOut_hz);
    Floats in(3000, 0.0f);
    in[1200] = 1.0f;
    const Floats out = convert(rate_hz, kOut_hz, in);
    const size_t at =
        rate_hz > kOut_hz ? 1200 / static_cast<size_t>(factor) : 1200 * static_cast<size_t>(factor);
    const auto peak = std::max_element(out.begin(), out.end()) - out.begin();
    CHECK(static_cast<size_t>(peak) == at);
    for (size_t i = 1; i < 60; ++i) CHECK(std::abs(out[at - i] - out[at + i]) < 1e-7f);
  }
}

TEST_CASE("resample: the length is that of the input, rounded up") {
  for (const int rate_hz : {1000, 8000, 11025, 12345, 16000, 44056, 44100, 48000, 767999}) {
    for (const size_t count : {0, 1, 2, 3, 5, 47, 48, 49, 441, 1000, 4095, 4096, 4097, 10'001}) {
      const uint64_t scaled = uint64_t{count} * kOut_hz;
      CAPTURE(rate_hz);
      CAPTURE(count);
      CHECK(convert(rate_hz, kOut_hz, Floats(count, 0.1f)).size() ==
            (scaled + static_cast<uint64_t>(rate_hz) - 1) / static_cast<uint64_t>(rate_hz));
    }
  }
}

TEST_CASE("resample: any cut into blocks gives the same samples") {
  const Floats in = noise(20'000);
  for (const int rate_hz : {8000, 16000, 44056, 44100, 48000}) {
    const Floats whole = convert(rate_hz, kOut_hz, in);
    Resampler resampler = make(rate_hz, kOut_hz);
    // Used again after finish, it starts afresh.
    for (const size_t block : {1, 3, 128, 4095, 4097}) {
      Floats out;
      for (size_t at = 0; at < in.size(); at += block) {
        resampler.push(std::span(in).subspan(at, std::min(block, in.size() - at)), out);
        if (at % 5 == 0) resampler.push({}, out);
      }
      resampler.finish(out);
      CAPTURE(rate_hz);
      CAPTURE(block);
      CHECK(out == whole);
    }
  }
}

TEST_CASE("resample: output comes as soon as its filter is full, and is appended") {
  Resampler resampler = make(48000, kOut_hz);
  Floats out{7.0f};
  resampler.push(Floats(48'000, 0.25f), out);
  // What is held back is half a filter: 4 ms.
  CHECK(out.size() > 16'000 - 64);
  CHECK(out.size() < 16'001);
  CHECK(out[0] == 7.0f);
  resampler.finish(out);
  CHECK(out.size() == 16'001);
}

TEST_CASE("resample: equal rates copy") {
  const Floats in = noise(1000);
  CHECK(convert(44100, 44100, in) == in);
}

TEST_CASE("resample: tables are bounded for every pair of rates") {
  const int odd_rates_hz[] = {1000,  1001,  7919,    16000,   44056,
                              44100, 96001, 383'999, 767'999, 768'000};
  for (const int in_hz : odd_rates_hz) {
    for (const int out_hz : odd_rates_hz) {
      CAPTURE(in_hz);
      CAPTURE(out_hz);
      CHECK(make(in_hz, out_hz).table_bytes() <= (size_t{2} << 20));
    }
  }
}

}  // namespace
}  // namespace sotto
