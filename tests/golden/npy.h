// Reads the golden figures: .npy files (version 1.0) of two-dimensional f32 arrays in C order.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "base/tensor.h"

namespace sotto::test {

struct Array {
  int rows = 0;
  int cols = 0;
  std::vector<float> values;

  ConstMatrixF32 view() const { return {values.data(), rows, cols}; }
};

// Io where there is no such file, BadFormat where it is not of the kind above.
Result<Array> read_npy(const std::string& path);

// The lines of a text file, for the figures that are words and numbers.
Result<std::vector<std::string>> read_lines(const std::string& path);

}  // namespace sotto::test
