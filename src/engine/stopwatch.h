#pragma once

#include "base/clock.h"

namespace sotto {

// Adds the time since its construction to a counter.
class Stopwatch {
 public:
  explicit Stopwatch(double& total_ms) : total_ms_(total_ms), begin_ms_(now_ms()) {}
  ~Stopwatch() { total_ms_ += now_ms() - begin_ms_; }

 private:
  double& total_ms_;
  double begin_ms_;
};

}  // namespace sotto
