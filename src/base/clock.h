// Monotonic time, and a budget of it after which long work pauses so that its caller can breathe.
#pragma once

#include <chrono>

namespace sotto {

// Milliseconds since an arbitrary start.
inline double now_ms() {
  using namespace std::chrono;
  return duration<double, std::milli>(steady_clock::now().time_since_epoch()).count();
}

// Work that can be resumed asks `passed` between its items. A budget of zero or less never passes.
class Deadline {
 public:
  Deadline() = default;
  explicit Deadline(double budget_ms) : end_ms_(budget_ms > 0 ? now_ms() + budget_ms : 0) {}
  bool passed() const { return end_ms_ > 0 && now_ms() >= end_ms_; }

 private:
  double end_ms_ = 0;
};

}  // namespace sotto
