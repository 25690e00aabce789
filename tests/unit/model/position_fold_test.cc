#include "model/position_fold.h"

#include <doctest/doctest.h>

#include <cmath>
#include <optional>
#include <vector>

#include "model/encoder.h"
#include "simd/simd.h"
#include "unit/support/small_model.h"

using namespace sotto;

namespace {

struct OwnedFold {
  Arena arena;
  PositionFold fold;

  explicit OwnedFold(int n_ctx) : arena(reserve()), fold(make(n_ctx)) {}

 private:
  static Arena reserve() {
    Result<Arena> arena = Arena::reserve(1 << 16);
    REQUIRE(arena.ok());
    return std::move(arena.value());
  }
  PositionFold make(int n_ctx) {
    ArenaLayout layout(arena);
    return PositionFold(n_ctx, layout);
  }
};

}  // namespace

TEST_CASE("position_fold: every position is counted once, the audio and its margin by themselves") {
  OwnedFold owned(1500);
  PositionFold& fold = owned.fold;
  for (int frames : {0, 1, 2, 3, 101, 1100, 2898, 2899, 2950, 3000}) {
    for (int margin : {0, 3, 50}) {
      for (int stride : {1, 2, 7, 8, 2000}) {
        fold.fold(frames, {margin, stride});
        CHECK(fold.whole() == std::min(1500, (frames + 1) / 2 + std::max(margin, 2)));
        double counted = 0;
        int before = -1;
        for (int r = 0; r < fold.rows(); ++r) {
          CHECK(fold.position(r) > before);
          before = fold.position(r);
          if (r < fold.whole()) CHECK(fold.position(r) == r);
          counted += fold.log_count() == nullptr ? 1 : std::exp(double(fold.log_count()[r]));
        }
        CHECK(before < 1500);
        CHECK(counted == doctest::Approx(1500).epsilon(1e-5));
        const int r = fold.fine();
        if (r > 0) CHECK(fold.position(r - 1) < (frames + 1) / 2 + 50);
        if (r < fold.rows()) CHECK(fold.position(r) >= (frames + 1) / 2 + 50);
        CHECK(fold.rows() == fold.whole() + (1500 - fold.whole() + stride - 1) / stride);
      }
    }
  }
  fold.keep_all();
  CHECK(fold.rows() == 1500);
  CHECK(fold.fine() == 1500);
  CHECK(fold.log_count() == nullptr);
}

namespace {

// Long enough that half of it can be folded.
test::ModelRecipe long_recipe() {
  test::ModelRecipe recipe;
  recipe.hp.n_audio_ctx = 80;
  return recipe;
}

// Encodes noise that ends after `frames`, and gives the state of each position that was kept.
std::vector<float> encode(test::SmallModel& model, int frames, std::optional<FoldOptions> fold) {
  model.fill_mel(5);
  Encoder& encoder = model.space->encoder();
  const MatrixF32 mel = encoder.mel();
  for (int r = frames; r < mel.rows; ++r) std::fill_n(mel.row(r), mel.cols, 0.0f);
  if (fold) {
    encoder.begin(frames, *fold);
  } else {
    encoder.begin();
  }
  REQUIRE(encoder.run(Deadline(), nullptr));
  const ConstMatrixF32 states = encoder.states();
  CHECK(states.rows == encoder.fold().rows());
  return {states.data, states.data + static_cast<size_t>(states.rows) * states.cols};
}

constexpr FoldOptions kFolded{.margin_positions = 5, .stride = 2};
constexpr FoldOptions kFine{.margin_positions = 0, .stride = 1, .fine_positions = 80};

double distance(const std::vector<float>& a, const std::vector<float>& b, size_t count) {
  double difference = 0, size = 0;
  for (size_t i = 0; i < count; ++i) {
    difference += (a[i] - b[i]) * (a[i] - b[i]);
    size += b[i] * b[i];
  }
  return std::sqrt(difference / size);
}

}  // namespace

TEST_CASE("position_fold: where nothing is folded, padding that is computed once changes no bit") {
  for (const bool q8 : {false, true}) {
    test::SmallModel model(q8, long_recipe(), q8);
    for (const int frames : {1, 60, 81, 154, 157, 160}) {
      CAPTURE(frames);
      CHECK(encode(model, frames, kFine) == encode(model, frames, {}));
    }
  }
}

// Without positional embeddings all padding is alike, and counting one position as often as it
// stands for is exact.
TEST_CASE("position_fold: counts padding as often as it is there") {
  for (const bool q8 : {false, true}) {
    test::SmallModel model(q8, long_recipe(), q8);
    const Hyperparameters& hp = model.weights.hp;
    std::fill_n(model.weights.encoder.positions,
                static_cast<size_t>(hp.n_audio_ctx) * hp.n_audio_state, 0.0f);
    const int frames = hp.n_audio_ctx;
    const std::vector<float> full = encode(model, frames, {});
    const std::vector<float> folded = encode(model, frames, kFolded);
    CHECK(folded.size() < 0.8 * full.size());
    const size_t audio = static_cast<size_t>(frames / 2) * hp.n_audio_state;
    // In int8 all rows of a window share what they are rounded to with others than before: both
    // factors of each product, within half a step of 254 and of what activations have.
    const simd::DotRange range = simd::range_of(simd::dot_flavour());
    const double rounding = 1.0 / 254 + 1.0 / (range.hi - range.lo);
    CHECK(distance(folded, full, audio) < (q8 ? 2 * rounding : 1e-5));
    // Neither leaves anything behind for the other.
    CHECK(encode(model, frames, {}) == full);
    CHECK(encode(model, frames, kFolded) == folded);
  }
}
