// What this machine can do at most with the backend at hand: loops that do nothing else. Ops are
// held against them, and times are divided by the time of one of them, so that figures of
// different hours and machines compare.
#include <array>

#include "bench/ops/op.h"
#include "simd/simd.h"
#include "unit/support/random.h"

namespace sotto::bench {

namespace {

// What a loop computes goes here, so that it is computed.
volatile float float_sink;
volatile int32_t int_sink;

constexpr int kRounds = 20'000;

// Chains of multiply-adds, each waiting for its own last one only. The values tend to b / (1 - a)
// and never become subnormal.
template <int Chains>
void multiply_add(float a_value, float b_value) {
  const simd::F32x4 a = simd::splat(a_value), b = simd::splat(b_value);
  std::array<simd::F32x4, Chains> x;
  for (int i = 0; i < Chains; ++i) x[i] = simd::splat(static_cast<float>(i));
  for (int round = 0; round < kRounds; ++round) {
    for (simd::F32x4& chain : x) chain = simd::mul_add(chain, a, b);
  }
  simd::F32x4 total = x[0];
  for (int i = 1; i < Chains; ++i) total = simd::add(total, x[i]);
  float_sink = simd::sum(total);
}

template <int Chains>
Op f32_peak() {
  return {"peak f32", std::to_string(Chains) + " chains", {0, 4.0 * Chains * kRounds, 0}, 0, 0, [] {
            // Read anew for every run, because what is constant may be computed beforehand.
            static volatile float a = 0.75f, b = 0.5f;
            return [] { multiply_add<Chains>(a, b); };
          }};
}

// The inner product with its weights in registers: R rows by Q times four outputs.
template <class Dot, int R, int Q>
void dot_products(const simd::DotInput* activations, const int8_t* weights) {
  constexpr int kSteps = 64;
  std::array<simd::DotW, Q> w;
  std::array<simd::DotSum, static_cast<size_t>(R) * Q> sums;
  for (int q = 0; q < Q; ++q) w[q] = simd::load_dot_w(weights + 16 * q);
  for (simd::DotSum& sum : sums) sum = simd::dot_zero();
  for (int round = 0; round < kRounds; ++round) {
    for (int r = 0; r < R; ++r) {
      const simd::DotX x = simd::load_dot_x(activations + 4 * ((round + r) % kSteps));
      for (int q = 0; q < Q; ++q) sums[r * Q + q] = Dot::add(x, w[q], sums[r * Q + q]);
    }
  }
  simd::I32x4 total = simd::splat(int32_t{0});
  for (simd::DotSum& sum : sums) total = simd::add(total, simd::dot_result(sum));
  int_sink = simd::sum(total);
}

template <int R, int Q>
Op int8_peak() {
  // Sums of small values: 20,000 rounds of 4 x 15 x 15 stay within 32 bits.
  constexpr int kValues = 16;
  return {
      "peak int8", shape({R, 4 * Q}), {16.0 * R * Q * kRounds, 0, 0}, 0, 0, [] {
        test::Random random(1);
        std::vector<simd::DotInput> x(320);
        std::vector<int8_t> w(16 * Q);
        for (auto& v : x) v = static_cast<simd::DotInput>(random.below(kValues));
        for (auto& v : w) v = static_cast<int8_t>(random.below(kValues));
        return [x, w] {
          simd::with_fast_dot([&]<class Dot>() { dot_products<Dot, R, Q>(x.data(), w.data()); });
        };
      }};
}

void read_all(const std::vector<float>& data) {
  std::array<simd::F32x4, 8> sums;
  for (simd::F32x4& sum : sums) sum = simd::zero_f32();
  for (size_t i = 0; i + 32 <= data.size(); i += 32) {
    for (size_t j = 0; j < 8; ++j)
      sums[j] = simd::add(sums[j], simd::load(data.data() + i + 4 * j));
  }
  float total = 0;
  for (const simd::F32x4& sum : sums) total += simd::sum(sum);
  float_sink = total;
}

// As much as the vocabulary matrix of tiny, which is read for every token.
constexpr size_t kRead_bytes = size_t{kVocab} * kState;

// Shifts and exclusive ors, each waiting for the one before: two a cycle of 64-bit processors would
// need no waiting, so that the chain's length tells the clock.
void wait_in_line(uint32_t x) {
  for (int round = 0; round < kRounds; ++round) {
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
  }
  int_sink = static_cast<int32_t>(x);
}

}  // namespace

// How many chains a backend needs, and how many its registers hold, differ, so several are tried
// and the fastest counts.
void add_peaks(std::vector<Op>& ops) {
  ops.push_back(f32_peak<3>());
  ops.push_back(f32_peak<8>());
  ops.push_back(f32_peak<12>());
  ops.push_back(int8_peak<2, 1>());
  ops.push_back(int8_peak<4, 1>());
  ops.push_back(int8_peak<4, 2>());
  ops.push_back({"peak memory", "vocabulary", {0, 0, double{kRead_bytes}}, 0, 0, [] {
                   const std::vector<float> data(kRead_bytes / sizeof(float), 1.0f);
                   return [data] { read_all(data); };
                 }});
  // A round is three pairs of a shift and an exclusive or, a cycle each.
  ops.push_back({"peak clock", "cycles", {0, 6.0 * kRounds, 0}, 0, 0, [] {
                   static volatile uint32_t seed = 2463534242u;
                   return [] { wait_in_line(seed); };
                 }});
}

}  // namespace sotto::bench
