// Attention of one head: of the encoder over a whole window, of the decoder for one token.
#include <algorithm>
#include <memory>

#include "bench/ops/op.h"
#include "kernels/attend.h"
#include "kernels/attention_f32.h"
#include "kernels/attention_q8.h"
#include "unit/support/matrices.h"
#include "unit/support/random.h"

namespace sotto::bench {

namespace {

using Floats = std::vector<float>;

constexpr double kScores = double{kCtx} * kCtx;
constexpr float kScale = 0.125f;  // 1 / sqrt(64)

// Queries, keys and values as layer norm and projection leave them: about a unit wide.
struct Head {
  Floats q, k, v, out;

  Head() {
    test::Random random(4);
    const size_t count = static_cast<size_t>(kCtx) * kHead;
    q = random.floats(count, -2, 2);
    k = random.floats(count, -2, 2);
    v = random.floats(count);
    out.resize(count);
  }
  ConstMatrixF32 keys() const { return {k.data(), kCtx, kHead}; }
  ConstMatrixF32 values() const { return {v.data(), kCtx, kHead}; }
  ConstMatrixF32 queries(int first, int m) const { return {q.data() + first * kHead, m, kHead}; }
  MatrixF32 result(int first, int m) { return {out.data() + first * kHead, m, kHead}; }
};

struct HeadF32 : Head {
  Floats tiles = Floats(f32_tiles_count(kCtx, kHead) + f32_tiles_count(kHead, kCtx));
  Floats scores = Floats(static_cast<size_t>(kQueryBlock) * kCtx);
  PackedHeadF32 packed;

  HeadF32() {
    packed = {{kCtx, kHead, tiles.data()},
              {kHead, kCtx, tiles.data() + f32_tiles_count(kCtx, kHead)}};
    pack_head_f32(keys(), values(), packed);
  }
  void run() {
    for (int i = 0; i < kCtx; i += kQueryBlock) {
      const int m = std::min(kQueryBlock, kCtx - i);
      attention_f32(queries(i, m), packed, nullptr, kScale, scores.data(), result(i, m));
    }
  }
};

struct HeadQ8 : Head {
  test::OwnedQ8 key_tiles, value_tiles;
  std::vector<int16_t> scores =
      std::vector<int16_t>(static_cast<size_t>(simd::kGemmRows) * kSoftmaxBlock);
  Floats totals = Floats(static_cast<size_t>(kQueryBlockQ8) * kHead);
  std::vector<int32_t> maximum = std::vector<int32_t>(kQueryBlockQ8);
  Floats weight = Floats(kQueryBlockQ8);
  std::vector<simd::DotInput> queries_q =
      std::vector<simd::DotInput>(static_cast<size_t>(kQueryBlockQ8) * padded_k(kHead));
  std::vector<simd::DotInput> probabilities =
      std::vector<simd::DotInput>(static_cast<size_t>(simd::kGemmRows) * kSoftmaxBlock);
  Floats query_scale = Floats(kQueryBlockQ8);
  std::vector<int32_t> query_zero = std::vector<int32_t>(kQueryBlockQ8);
  PackedHeadQ8 packed;
  AttentionScratchQ8 scratch;

  // Tiles are made of any rows first, to have their memory.
  HeadQ8() : key_tiles(k, kCtx, kHead), value_tiles(v, kHead, kCtx) {
    packed = {key_tiles.view, value_tiles.view};
    pack_head_q8(keys(), values(), packed);
    scratch.scores = scores.data();
    scratch.queries.q = queries_q.data();
    scratch.queries.scale = query_scale.data();
    scratch.queries.zero = query_zero.data();
    scratch.probabilities = probabilities.data();
    scratch.totals = totals.data();
    scratch.maximum = maximum.data();
    scratch.weight = weight.data();
  }
  void run() {
    for (int i = 0; i < kCtx; i += kQueryBlockQ8) {
      const int m = std::min(kQueryBlockQ8, kCtx - i);
      attention_q8(queries(i, m), packed, nullptr, kScale, scratch, result(i, m));
    }
  }
};

struct OneQuery : Head {
  std::vector<int8_t> bytes = std::vector<int8_t>(2 * k.size());
  Floats scales = Floats(2 * kCtx);
  Floats scores = Floats(kCtx);
  HeadRowsQ8 keys_q8{bytes.data(), scales.data(), kCtx, kHead};
  HeadRowsQ8 values_q8{bytes.data() + k.size(), scales.data() + kCtx, kCtx, kHead};

  OneQuery() {
    quantize_head_rows(keys(), 0, keys_q8);
    quantize_head_rows(values(), 0, values_q8);
  }
  void run() {
    attend_q8(q.data(), {keys_q8, values_q8}, nullptr, kScale, scores.data(), out.data());
  }
};

template <class Case>
std::function<std::function<void()>()> prepared() {
  return [] {
    auto made = std::make_shared<Case>();
    return [made] { made->run(); };
  };
}

}  // namespace

void add_attention(std::vector<Op>& ops) {
  const std::string all = shape({kCtx, kCtx, kHead});
  const double products = 2 * kScores * kHead;
  ops.push_back(
      {"attention_f32", all, {0, products + kScores * kSoftmaxMac, 0}, 0, 0, prepared<HeadF32>()});
  ops.push_back({"attention_q8",
                 all,
                 {products, kScores * kCoarseMac, 0},
                 kHeads * kLayers,
                 0,
                 prepared<HeadQ8>()});
  // The query stays in f32: bytes are widened and multiplied as floats.
  ops.push_back({"attend_q8",
                 shape({1, kCtx, kHead}),
                 {0, kCtx * (2.0 * kHead + kSoftmaxMac), 0},
                 0,
                 kHeads * kLayers,
                 prepared<OneQuery>()});
}

}  // namespace sotto::bench
