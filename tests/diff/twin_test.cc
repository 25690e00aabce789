// The scalar and the vector core in one process: simd/simd.h promises the same bits from both.
#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "diff/cases.h"

// The scalar core's name, see cmake/tests.cmake.
namespace sotto_scalar::diff {
std::string backend();
std::vector<twins::Outcome> run_kernels();
std::vector<twins::Outcome> run_model(bool q8, std::string& error);
}  // namespace sotto_scalar::diff

namespace {

bool same_bits(float a, float b) {
  // What kind of not-a-number it is, nobody promises.
  return std::bit_cast<uint32_t>(a) == std::bit_cast<uint32_t>(b) ||
         (std::isnan(a) && std::isnan(b));
}

struct Comparison {
  size_t values = 0;
  size_t different = 0;
};

void compare(const std::vector<twins::Outcome>& a, const std::vector<twins::Outcome>& b) {
  REQUIRE(!a.empty());
  REQUIRE(a.size() == b.size());
  Comparison total;
  for (size_t i = 0; i < a.size(); ++i) {
    CAPTURE(i);
    CAPTURE(a[i].name);
    REQUIRE(a[i].name == b[i].name);
    REQUIRE(a[i].f32.size() == b[i].f32.size());
    CHECK(a[i].i32 == b[i].i32);
    size_t different = 0;
    double largest = 0;
    for (size_t j = 0; j < a[i].f32.size(); ++j) {
      const float x = a[i].f32[j], y = b[i].f32[j];
      if (same_bits(x, y)) continue;
      ++different;
      const double scale = std::max({std::fabs(double(x)), std::fabs(double(y)), 1e-30});
      largest = std::max(largest, std::fabs(double(x) - y) / scale);
    }
    CAPTURE(largest);
    CHECK(different == 0);
    total.values += a[i].f32.size() + a[i].i32.size();
    total.different += different;
  }
  MESSAGE(a.size() << " outcomes, " << total.values << " values, " << total.different << " differ");
}

void compare_models(bool q8) {
  std::string scalar_error, vector_error;
  const auto scalar = sotto_scalar::diff::run_model(q8, scalar_error);
  const auto vector = sotto::diff::run_model(q8, vector_error);
  REQUIRE_MESSAGE(scalar_error.empty(), scalar_error);
  REQUIRE_MESSAGE(vector_error.empty(), vector_error);
  compare(scalar, vector);
}

}  // namespace

TEST_CASE("twins: what is compared are two backends") {
  CHECK(sotto_scalar::diff::backend() == "scalar");
  CHECK(sotto::diff::backend() == "wasm128");
}

TEST_CASE("twins: every kernel gives the same bits in scalar and in vector code") {
  compare(sotto_scalar::diff::run_kernels(), sotto::diff::run_kernels());
}

TEST_CASE("twins: encoder and decoder in f32 give the same bits") { compare_models(false); }

TEST_CASE("twins: encoder and decoder in int8 give the same bits") { compare_models(true); }
