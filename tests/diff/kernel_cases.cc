#include <cmath>
#include <limits>

#include "audio/log_mel.h"
#include "audio/resample.h"
#include "diff/cases.h"
#include "kernels/attend.h"
#include "kernels/attention_f32.h"
#include "kernels/conv1d.h"
#include "kernels/exp.h"
#include "kernels/gelu.h"
#include "kernels/gemm_f32.h"
#include "kernels/gemm_q8.h"
#include "kernels/gemv_k.h"
#include "kernels/gemv_q8_0.h"
#include "kernels/layer_norm.h"
#include "kernels/softmax.h"
#include "unit/support/block_rows.h"
#include "unit/support/k_matrices.h"
#include "unit/support/matrices.h"
#include "unit/support/one_page.h"
#include "unit/support/quant_rows.h"
#include "unit/support/random.h"

namespace sotto::diff {

namespace {

using test::Random;
using twins::Outcome;
using Outcomes = std::vector<Outcome>;
using Floats = std::vector<float>;

std::string sized(const char* what, int m, int n, int k) {
  return std::string(what) + " " + std::to_string(m) + " x " + std::to_string(n) + " x " +
         std::to_string(k);
}

// Kinds of input: what activations look like, and what breaks assumptions.
enum class Kind { kUsual, kZero, kTiny, kHuge, kMixed, kNotFinite };
constexpr Kind kFiniteKinds[] = {Kind::kUsual, Kind::kZero, Kind::kTiny, Kind::kHuge, Kind::kMixed};

Floats input(Random& random, size_t count, Kind kind) {
  Floats x = random.floats(count, -2.0f, 3.0f);
  for (size_t i = 0; i < count; ++i) {
    switch (kind) {
      case Kind::kUsual: break;
      case Kind::kZero: x[i] = i % 2 == 0 ? 0.0f : -0.0f; break;
      case Kind::kTiny: x[i] *= 1e-38f; break;
      case Kind::kHuge: x[i] *= 1e15f; break;
      case Kind::kMixed: x[i] *= random.below(50) == 0 ? 600.0f : 0.01f; break;
      case Kind::kNotFinite:
        if (random.below(4) == 0) x[i] = std::numeric_limits<float>::infinity();
        if (random.below(4) == 0) x[i] = std::numeric_limits<float>::quiet_NaN();
        break;
    }
  }
  return x;
}

void quantize_cases(Outcomes& out) {
  Random random(1);
  for (Kind kind :
       {Kind::kUsual, Kind::kZero, Kind::kTiny, Kind::kHuge, Kind::kMixed, Kind::kNotFinite}) {
    for (int k : {1, 3, 4, 5, 15, 16, 17, 63, 384, 1537}) {
      const int m = 5;
      const test::OwnedRows rows(input(random, static_cast<size_t>(m) * k, kind), m, k);
      Outcome o{sized("quantize_rows", m, int(kind), k), rows.scale, rows.zero};
      for (int r = 0; r < m; ++r) {
        // Where the scale is zero, what the row holds has no meaning.
        for (int i = 0; i < k; ++i) o.i32.push_back(rows.scale[r] == 0 ? 0 : rows.view.row(r)[i]);
      }
      out.push_back(std::move(o));
    }
  }
}

// The bare int32 sums: with all scales 1 and no zero point, they are the outputs.
void sum_cases(Outcomes& out) {
  Random random(2);
  for (int k : {1, 4, 16, 33, 384, 1536, 5120}) {
    const int m = 5, n = 13;
    test::OwnedQ8 w(random.floats(static_cast<size_t>(n) * k), n, k);
    test::OwnedRows x(random.floats(static_cast<size_t>(m) * k), m, k);
    for (int r = 0; r < m; ++r) {
      x.scale[r] = 1.0f;
      x.zero[r] = 0;
      // The largest sums of either sign are in it, too.
      for (int i = 0; i < k; ++i) {
        x.view.row(r)[i] = static_cast<simd::DotInput>(r == 0 ? 255 : random.below(256));
      }
    }
    std::fill(w.scale.begin(), w.scale.end(), 1.0f);
    std::fill(w.row_sum.begin(), w.row_sum.end(), 0);
    for (int8_t& v : w.tiles) v = static_cast<int8_t>(v > 60 ? 127 : v < -60 ? -127 : v);
    Floats y(static_cast<size_t>(m) * n);
    gemm_q8(x.view, w.view, nullptr, Epilogue::kStore, MatrixF32(y.data(), m, n));
    Outcome o{sized("gemm_q8 sums", m, n, k), {}, {}};
    // k of 5120 sums to 1.7e8 at most, which int32 holds; floats beyond 2^24 round alike.
    for (float v : y) o.i32.push_back(static_cast<int32_t>(v));
    out.push_back(std::move(o));
  }
}

void gemm_cases(Outcomes& out) {
  Random random(3);
  for (int m : {0, 1, 2, 3, 4, 5, 9}) {
    for (int n : {1, 7, 8, 9, 17}) {
      for (int k : {1, 4, 15, 16, 17, 130}) {
        const Floats w = random.floats(static_cast<size_t>(n) * k), bias = random.floats(n);
        const Floats x = input(random, static_cast<size_t>(m) * k, Kind::kUsual);
        const Floats start = random.floats(static_cast<size_t>(m) * n);
        const test::OwnedQ8 q8(w, n, k);
        const test::OwnedF32 f32(w, n, k);
        const test::OwnedRows rows(x, m, k);
        for (Epilogue e : {Epilogue::kStore, Epilogue::kGelu, Epilogue::kResidual}) {
          const float* b = e == Epilogue::kStore ? nullptr : bias.data();
          Outcome a{sized("gemm_q8", m, n, k), start, {}};
          gemm_q8(rows.view, q8.view, b, e, MatrixF32(a.f32.data(), m, n));
          out.push_back(std::move(a));
          Outcome c{sized("gemm_f32", m, n, k), start, {}};
          gemm_f32(ConstMatrixF32(x.data(), m, k), f32.view, b, e, MatrixF32(c.f32.data(), m, n));
          out.push_back(std::move(c));
        }
      }
    }
  }
}

void row_cases(Outcomes& out) {
  Random random(4);
  for (Kind kind : kFiniteKinds) {
    for (int n : {1, 2, 3, 4, 5, 7, 8, 9, 31, 384, 1500}) {
      const int m = 3;
      const Floats gamma = random.floats(n), beta = random.floats(n);
      const Floats x = input(random, static_cast<size_t>(m) * n, kind);
      Outcome norm{sized("layer_norm", m, int(kind), n), Floats(x.size()), {}};
      layer_norm_f32(ConstMatrixF32(x.data(), m, n), gamma.data(), beta.data(),
                     MatrixF32(norm.f32.data(), m, n));
      out.push_back(std::move(norm));
      Outcome soft{sized("softmax", 1, int(kind), n), Floats(x.begin(), x.begin() + n), {}};
      soft.f32.push_back(softmax_exp_f32(soft.f32.data(), n, 0.125f));
      out.push_back(std::move(soft));
      Outcome gelu{sized("gelu", m, int(kind), n), x, {}};
      gelu_f32(gelu.f32.data(), m * n);
      out.push_back(std::move(gelu));
    }
  }
}

void exp_cases(Outcomes& out) {
  Outcome o{"exp", {}, {}};
  for (float x = -110; x < 110; x += 0.03125f * 0.7f) {
    float y[4];
    simd::store(y, exp_f32x4(simd::splat(x)));
    o.f32.insert(o.f32.end(), y, y + 4);
  }
  out.push_back(std::move(o));
}

void attention_cases(Outcomes& out) {
  Random random(5);
  const int d = 64;
  for (int n : {1, 3, 7, 8, 9, 100, 1500}) {
    const Floats q = random.floats(kQueryBlock * d, -3, 3);
    const Floats k = random.floats(static_cast<size_t>(n) * d, -3, 3);
    const Floats v = input(random, static_cast<size_t>(n) * d, Kind::kMixed);
    const ConstMatrixF32 keys(k.data(), n, d), values(v.data(), n, d);
    Floats tiles(f32_tiles_count(n, d) + f32_tiles_count(d, n));
    const PackedHeadF32 head{{n, d, tiles.data()}, {d, n, tiles.data() + f32_tiles_count(n, d)}};
    pack_head_f32(keys, values, head);
    Floats scores(static_cast<size_t>(kQueryBlock) * n);
    for (int m : {1, 3, kQueryBlock}) {
      Outcome o{sized("attention_f32", m, n, d), Floats(m * d), {}};
      attention_f32(ConstMatrixF32(q.data(), m, d), head, nullptr, 0.125f, scores.data(),
                    MatrixF32(o.f32.data(), m, d));
      out.push_back(std::move(o));
    }
    Outcome one{sized("attend_f32", 1, n, d), Floats(d), {}};
    const test::OnePage key_page(keys), value_page(values);
    attend_f32(q.data(), {key_page.rows, value_page.rows}, nullptr, 0.125f, scores.data(),
               one.f32.data());
    out.push_back(std::move(one));

    std::vector<int8_t> bytes(static_cast<size_t>(2 * n) * d);
    Floats scales(2 * n);
    const HeadRowsQ8 keys_q8{bytes.data(), scales.data(), n, d};
    const HeadRowsQ8 values_q8{bytes.data() + n * d, scales.data() + n, n, d};
    quantize_head_rows(keys, 0, keys_q8);
    quantize_head_rows(values, 0, values_q8);
    out.push_back({sized("quantize_head_rows", 1, n, d), scales, {bytes.begin(), bytes.end()}});
    Outcome q8{sized("attend_q8", 1, n, d), Floats(d), {}};
    attend_q8(q.data(), {keys_q8, values_q8}, nullptr, 0.125f, scores.data(), q8.f32.data());
    out.push_back(std::move(q8));
  }
}

void conv_cases(Outcomes& out) {
  Random random(6);
  for (int step : {1, 2}) {
    for (int inputs : {1, 5, 80}) {
      const int rows = 21, n = 11, count = (rows - 1) / step + 1;
      Floats padded = random.floats(static_cast<size_t>(rows + 2) * inputs);
      std::fill_n(padded.begin(), inputs, 0.0f);
      std::fill_n(padded.end() - inputs, inputs, 0.0f);
      const test::OwnedF32 w(random.floats(static_cast<size_t>(n) * 3 * inputs), n, 3 * inputs);
      const Floats bias = random.floats(n);
      Outcome o{sized("conv1d", step, n, inputs), Floats(count * n), {}};
      const ConvInput x{ConstMatrixF32(padded.data(), rows + 2, inputs), step, 0};
      conv1d_gelu_f32(x, w.view, bias.data(), MatrixF32(o.f32.data(), count, n));
      out.push_back(std::move(o));
    }
  }
}

void packed_cases(Outcomes& out) {
  Random random(8);
  for (const DType dtype : test::kPackedTypes) {
    for (const Kind kind : kFiniteKinds) {
      const int m = 3, n = 13, k = 768;
      const test::OwnedKTiles w(dtype, test::random_blocks(dtype, n * k, random), n, k);
      const Floats x = input(random, m * k, kind), bias = random.floats(n);
      Outcome o{sized(dtype_name(dtype), m, int(kind), k), Floats(m * n), {}};
      const MatrixF32 y(o.f32.data(), m, n);
      if (dtype == DType::kQ8_0) {
        gemv_q8_0(test::OwnedRows(x, m, k).view, w.view, bias.data(), Epilogue::kGelu, y);
      } else {
        gemv_k(test::OwnedBlockRows(x, m, k).view, w.view, bias.data(), Epilogue::kGelu, y);
      }
      out.push_back(std::move(o));
    }
  }
}

void audio_cases(Outcomes& out) {
  Random random(7);
  for (int n_mels : {80, 128}) {
    auto mel = LogMel::create(n_mels);
    if (!mel.ok()) continue;
    const Floats samples = random.floats(16000, -0.5f, 0.5f);
    const int frames = 105;
    Outcome o{sized("log_mel", frames, n_mels, 16000), Floats(frames * n_mels), {}};
    const MatrixF32 energies(o.f32.data(), frames, n_mels);
    mel->log_energies(samples, 0, energies);
    normalize_log_mel(energies, max_energy(energies));
    out.push_back(std::move(o));
  }
  for (int rate_hz : {8000, 44100, 48000}) {
    auto resampler = Resampler::create(rate_hz, kSampleRate_hz);
    if (!resampler.ok()) continue;
    Outcome o{sized("resample", rate_hz, kSampleRate_hz, 5000), {}, {}};
    resampler->push(random.floats(5000), o.f32);
    resampler->finish(o.f32);
    out.push_back(std::move(o));
  }
}

}  // namespace

std::string backend() { return simd::kBackendName; }

std::vector<twins::Outcome> run_kernels() {
  Outcomes out;
  quantize_cases(out);
  sum_cases(out);
  gemm_cases(out);
  packed_cases(out);
  row_cases(out);
  exp_cases(out);
  attention_cases(out);
  conv_cases(out);
  audio_cases(out);
  add_vad_cases(out);
  return out;
}

}  // namespace sotto::diff
