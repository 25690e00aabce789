#include "base/decimal.h"

#include <doctest/doctest.h>

#include <limits>

namespace sotto {
namespace {

TEST_CASE("decimal: as few digits as the value needs, and no more than were asked for") {
  CHECK(decimal(0) == "0");
  CHECK(decimal(-0.0) == "0");
  CHECK(decimal(0.6f) == "0.6");
  CHECK(decimal(-12) == "-12");
  CHECK(decimal(2.4, 0) == "2");
  CHECK(decimal(2.5, 0) == "3");
  CHECK(decimal(1234.5678, 1) == "1234.6");
  CHECK(decimal(0.05, 1) == "0.1");
  CHECK(decimal(-0.04, 1) == "0");
  CHECK(decimal(9.99999, 3) == "10");
  CHECK(decimal(1.000001) == "1.000001");
  CHECK(decimal(0.000123456789, 9) == "0.000123457");
}

TEST_CASE("decimal: numbers of any size") {
  CHECK(decimal(4294967296.25) == "4294967296.25");
  CHECK(decimal(1e20) == "1e+20");
  CHECK(decimal(-1.5e20) == "-1.5e+20");
  CHECK(decimal(9007199254740992.0, 0) == "9e+15");
  CHECK(decimal(std::numeric_limits<float>::max()) == "3.402823e+38");
  CHECK(decimal(std::numeric_limits<double>::infinity()) == "inf");
  CHECK(decimal(-std::numeric_limits<double>::infinity()) == "-inf");
  CHECK(decimal(std::numeric_limits<double>::quiet_NaN()) == "nan");
}

}  // namespace
}  // namespace sotto
