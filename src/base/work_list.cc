#include "base/work_list.h"

#include <utility>

namespace sotto {

void WorkList::add(const char* name, int items, double item_cost, Item item) {
  if (items <= 0) return;
  stages_.push_back({name, items, item_cost, std::move(item)});
  total_cost_ += items * item_cost;
}

void WorkList::clear() {
  stages_.clear();
  total_cost_ = 0;
  begin();
}

void WorkList::begin() {
  stage_ = 0;
  next_item_ = 0;
  done_cost_ = 0;
}

bool WorkList::run(const Deadline& deadline, Trace* trace, ThreadPool* pool) {
  ThreadPool caller_only(1);
  ThreadPool& workers = pool != nullptr ? *pool : caller_only;
  while (!done()) {
    const Stage& stage = stages_[stage_];
    const TraceScope scope(trace, stage.name);
    const int first = next_item_;
    next_item_ = workers.run_until(deadline, first, stage.items, stage.item);
    done_cost_ += (next_item_ - first) * stage.item_cost;
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
