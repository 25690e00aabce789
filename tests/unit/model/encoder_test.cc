#include "model/encoder.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "unit/support/small_model.h"

using namespace sotto;

TEST_CASE("encoder: pausing after every item changes nothing") {
  test::SmallModel model;
  const std::vector<float> whole = model.encode(7);
  model.fill_mel(7);
  Encoder& encoder = model.space->encoder();
  encoder.begin();
  double progress = 0;
  int slices = 1;
  // A budget that has passed before the first item is done.
  while (!encoder.run(Deadline(1e-6), nullptr)) {
    CHECK(encoder.progress() >= progress);
    progress = encoder.progress();
    ++slices;
  }
  CHECK(slices > 5);
  const ConstMatrixF32 states = encoder.states();
  CHECK(std::equal(whole.begin(), whole.end(), states.data));
}

TEST_CASE("encoder: a window leaves nothing behind for the next") {
  test::SmallModel model;
  const std::vector<float> first = model.encode(1);
  const std::vector<float> other = model.encode(2);
  CHECK(model.encode(1) == first);
  CHECK(other != first);
}

TEST_CASE("encoder: int8 layers stay close to the float ones") {
  test::SmallModel q8(true), f32(false);
  const std::vector<float> a = q8.encode(3), b = f32.encode(3);
  double difference = 0, size = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    difference += (a[i] - b[i]) * (a[i] - b[i]);
    size += b[i] * b[i];
  }
  CHECK(size > 0);
  // Two factors of 8 bits with uniform rounding: about half a percent a layer.
  CHECK(std::sqrt(difference / size) < 0.03);
}

TEST_CASE("encoder: int8 attention stays close to the float one") {
  test::SmallModel q8(true, {}, true), f32(true, {}, false);
  const std::vector<float> a = q8.encode(3), b = f32.encode(3);
  CHECK(a != b);
  double difference = 0, size = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    difference += (a[i] - b[i]) * (a[i] - b[i]);
    size += b[i] * b[i];
  }
  CHECK(std::sqrt(difference / size) < 0.02);
  CHECK(q8.encode(3) == a);
}
