#include "base/arena.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <utility>

using namespace sotto;

TEST_CASE("arena: what was planned fits exactly, aligned and zeroed") {
  ArenaLayout plan;
  CHECK(plan.take<float>(3) == nullptr);
  plan.take<int8_t>(65);
  plan.take<double>(0);
  CHECK(plan.total_bytes() == 64 + 128);
  Result<Arena> arena = Arena::reserve(plan.total_bytes());
  REQUIRE(arena.ok());
  float* floats = arena->take<float>(3);
  int8_t* bytes = arena->take<int8_t>(65);
  REQUIRE(floats != nullptr);
  REQUIRE(bytes != nullptr);
  CHECK(reinterpret_cast<uintptr_t>(floats) % kArenaAlignment_bytes == 0);
  CHECK(reinterpret_cast<uintptr_t>(bytes) % kArenaAlignment_bytes == 0);
  CHECK(std::all_of(bytes, bytes + 65, [](int8_t b) { return b == 0; }));
  CHECK(arena->used_bytes() == arena->capacity_bytes());
  CHECK(arena->take<int8_t>(1) == nullptr);
}

TEST_CASE("arena: sizes that no machine has are refused, not wrapped around") {
  ArenaLayout plan;
  plan.take<double>(SIZE_MAX / 2);
  plan.take<double>(SIZE_MAX / 2);
  CHECK(Arena::reserve(plan.total_bytes()).status().code() == Code::kOutOfMemory);
  CHECK(Arena::reserve(SIZE_MAX).status().code() == Code::kOutOfMemory);
  Result<Arena> small = Arena::reserve(64);
  CHECK(small->take<double>(SIZE_MAX / 8) == nullptr);
}

TEST_CASE("arena: pointers survive a move") {
  Result<Arena> first = Arena::reserve(256);
  int* number = first->take<int>(1);
  *number = 42;
  const Arena second = std::move(first.value());
  CHECK(*number == 42);
  CHECK(second.used_bytes() == 64);
}
