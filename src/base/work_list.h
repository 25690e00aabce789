// Long work as a list of stages, each a number of independent items: it can pause between two
// items, tell how far it is, and the threads of a pool share its items.
#pragma once

#include <functional>
#include <vector>

#include "base/clock.h"
#include "base/thread_pool.h"
#include "base/trace.h"

namespace sotto {

class WorkList {
 public:
  // What a stage does for item i. `worker` is the one that does it, see ThreadPool::Item.
  using Item = std::function<void(int item, int worker)>;

  // Appends a stage: item(i, worker) for i in [0, items), in any order and several at once where
  // run() is given a pool. A stage starts when the one before it is done. `name` is a string
  // literal, for traces; `item_cost` weighs the stage in progress().
  void add(const char* name, int items, double item_cost, Item item);

  // Forgets all stages.
  void clear();
  // Starts from the first stage.
  void begin();
  // Does items until all are done or the deadline has passed, one at least. True when all are.
  // `pool` nullptr: the caller does them all, as worker 0.
  bool run(const Deadline& deadline, Trace* trace, ThreadPool* pool);
  bool done() const { return stage_ == stages_.size(); }
  // Share of the cost that is done, in [0, 1].
  double progress() const;

 private:
  struct Stage {
    const char* name;
    int items;
    double item_cost;
    Item item;
  };
  std::vector<Stage> stages_;
  size_t stage_ = 0;
  int next_item_ = 0;
  double total_cost_ = 0;
  double done_cost_ = 0;
};

}  // namespace sotto
