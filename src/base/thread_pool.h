// Shares independent items of work among a few threads that live as long as the pool.
//
// Without SOTTO_THREADS (builds of WebAssembly that run without shared memory) a pool has one
// worker, the caller, and nothing of threads is linked.
#pragma once

#include <memory>

#include "base/clock.h"
#include "base/function_ref.h"

namespace sotto {

class ThreadPool {
 public:
  // item(i, worker): `worker` in [0, workers()) is held by one item at a time, so that scratch
  // memory may be indexed by it.
  using Item = FunctionRef<void(int item, int worker)>;

  // Far beyond what Whisper's products can be divided among; each worker has scratch memory.
  static constexpr int kMaxWorkers = 64;

  // One worker is the caller of run(); the others are threads of the pool. Clamped to
  // [1, kMaxWorkers], to what the system gives, and to 1 where threads are not compiled in.
  explicit ThreadPool(int workers);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int workers() const { return workers_; }

  // Calls item(i, worker) once for every i in [first, end), in any order, and returns when all are
  // done. The caller takes part as worker 0. One thread at a time may call it; an item that calls
  // it gets its items done by its own worker.
  void run(int first, int end, Item item) { run_until(Deadline(), first, end, item); }
  void run(int items, Item item) { run(0, items, item); }

  // The same until the deadline has passed: no item is claimed after that, but at least one is done
  // where there is any. Returns where to go on: the items before it are done, those from it on are
  // not begun.
  int run_until(const Deadline& deadline, int first, int end, Item item);

 private:
  struct Threads;
  int workers_ = 1;
  std::unique_ptr<Threads> threads_;  // nullptr: everything runs in the caller
};

}  // namespace sotto
