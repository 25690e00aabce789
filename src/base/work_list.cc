#include "base/work_list.h"

#include <utility>

namespace sotto {

void WorkList::add(const char* name, int items, double item_cost, std::function<void(int)> item) {
  if (items <= 0) return;
  stages_.push_back({name, items, item_cost, std::move(item)});
  total_cost_ += items * item_cost;
}

void WorkList::begin() {
  stage_ = 0;
  next_item_ = 0;
  done_cost_ = 0;
}

bool WorkList::run(const Deadline& deadline, Trace* trace) {
  while (!done()) {
    const Stage& stage = stages_[stage_];
    const TraceScope scope(trace, stage.name);
    do {
      stage.item(next_item_++);
      done_cost_ += stage.item_cost;
    } while (next_item_ < stage.items && !deadline.passed());
    if (next_item_ == stage.items) {
      ++stage_;
      next_item_ = 0;
    }
    if (deadline.passed()) break;
  }
  return done();
}

double WorkList::progress() const { return total_cost_ > 0 ? done_cost_ / total_cost_ : 1; }

}  // namespace sotto
