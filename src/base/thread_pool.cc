#include "base/thread_pool.h"

#include <algorithm>

#if SOTTO_THREADS
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <vector>

#include <pthread.h>
#endif

namespace sotto {

namespace {

int run_inline(const Deadline& deadline, int first, int end, int worker, ThreadPool::Item item) {
  int next = first;
  while (next < end) {
    item(next++, worker);
    if (deadline.passed()) break;
  }
  return next;
}

}  // namespace

#if SOTTO_THREADS

namespace {

// How long a thread without work, or a caller waiting for the last items, looks again and again
// before it sleeps: longer than the code between two products of a token's decoding, which a
// sleeper would be too late for, and short against the sleep of a second that saves battery.
constexpr double kSpin_ms = 0.05;
// Looks between two readings of the clock, which costs as much as all of them.
constexpr int kLooksPerClock = 64;

// Which pool the thread is working for at the moment, and as which worker.
struct CurrentJob {
  const void* pool = nullptr;
  int worker = 0;
};
thread_local CurrentJob current_job;

}  // namespace

// A job is open while its items may be claimed. Threads join an open job when they come by; the
// caller closes it when no item is left and waits for those that have joined only. A thread that
// the system did not wake in time is not missed: on a busy machine nothing waits for it.
struct ThreadPool::Threads {
  // The state in one word: who joins must know in the same moment that the job is still open.
  static constexpr uint32_t kOpen = 1u << 31;
  static constexpr uint32_t kJoinedMask = 0xff;  // threads in the job, besides the caller
  static constexpr uint32_t kJobUnit = 0x100;    // between them: the job's number, modulo 2^23
  static constexpr uint32_t kJobMask = ~(kOpen | kJoinedMask);
  static_assert(kMaxWorkers <= kJoinedMask);

  // One of the threads. By pthread_create and not as std::thread, whose constructor ends the
  // program where the system has no thread left to give.
  struct Helper {
    Threads* owner = nullptr;
    int worker = 0;
    pthread_t thread{};
  };

  // Starts as many as can be had, at most `count`.
  explicit Threads(int count) : helpers(count) {
    for (Helper& helper : helpers) {
      helper.owner = this;
      helper.worker = ++started;
      if (pthread_create(&helper.thread, nullptr, &Threads::enter, &helper) == 0) continue;
      --started;
      break;
    }
    helpers.resize(started);
  }

  static void* enter(void* argument) {
    const Helper& helper = *static_cast<Helper*>(argument);
    helper.owner->work(helper.worker);
    return nullptr;
  }

  ~Threads() {
    {
      const std::lock_guard lock(mutex);
      stopping = true;
    }
    wake.notify_all();
    for (const Helper& helper : helpers) pthread_join(helper.thread, nullptr);
  }

  // Returns true as soon as `ready()`, false when it was not for kSpin_ms.
  template <typename Ready>
  static bool spin(Ready ready) {
    const double end_ms = now_ms() + kSpin_ms;
    do {
      for (int i = 0; i < kLooksPerClock; ++i) {
        if (ready()) return true;
      }
    } while (now_ms() < end_ms);
    return false;
  }

  bool is_new_job(uint32_t s, uint32_t last_job) const {
    return (s & kOpen) != 0 && (s & kJobMask) != last_job;
  }

  void work(int worker) {
    uint32_t last_job = 0;
    const auto has_job = [&] { return is_new_job(state.load(), last_job); };
    while (true) {
      if (!spin(has_job)) {
        std::unique_lock lock(mutex);
        sleepers.fetch_add(1);
        wake.wait(lock, [&] { return stopping || has_job(); });
        sleepers.fetch_sub(1);
        if (stopping) return;
      }
      uint32_t s = state.load();
      while (is_new_job(s, last_job)) {
        if (!state.compare_exchange_weak(s, s + 1)) continue;
        last_job = s & kJobMask;
        claim(worker);
        leave();
        break;
      }
    }
  }

  // Does items of the open job until none is left or the deadline has passed.
  void claim(int worker) {
    const CurrentJob outer = current_job;
    current_job = {this, worker};
    while (!expired.load(std::memory_order_relaxed)) {
      const int i = next.fetch_add(1, std::memory_order_relaxed);
      if (i >= end) break;
      (*item)(i, worker);
      if (deadline.passed()) expired.store(true, std::memory_order_relaxed);
    }
    current_job = outer;
  }

  void leave() {
    const uint32_t s = state.fetch_sub(1) - 1;
    if ((s & kJoinedMask) != 0 || !caller_sleeps.load()) return;
    {
      const std::lock_guard lock(mutex);
    }
    finished.notify_one();
  }

  int run(const Deadline& until, int first, int last, Item what) {
    deadline = until;
    item = &what;
    end = last;
    expired.store(false, std::memory_order_relaxed);
    next.store(first, std::memory_order_relaxed);
    state.store(((state.load() + kJobUnit) & kJobMask) | kOpen);
    if (sleepers.load() > 0) {
      {
        const std::lock_guard lock(mutex);
      }
      wake.notify_all();
    }
    claim(0);
    state.fetch_and(~kOpen);
    wait_for_joined();
    return std::min(next.load(std::memory_order_relaxed), last);
  }

  void wait_for_joined() {
    const auto all_left = [&] { return (state.load() & kJoinedMask) == 0; };
    if (spin(all_left)) return;
    std::unique_lock lock(mutex);
    caller_sleeps.store(true);
    finished.wait(lock, all_left);
    caller_sleeps.store(false);
  }

  // The job: written by the caller before it is opened, read by those that have joined.
  Deadline deadline;
  const Item* item = nullptr;
  int end = 0;
  alignas(64) std::atomic<int> next = 0;
  alignas(64) std::atomic<uint32_t> state = 0;
  std::atomic<bool> expired = false;
  std::atomic<bool> caller_sleeps = false;
  std::atomic<int> sleepers = 0;

  std::mutex mutex;
  std::condition_variable wake;      // for threads: there is a job, or the pool ends
  std::condition_variable finished;  // for the caller: the last one left
  bool stopping = false;             // guarded by the mutex
  int started = 0;
  std::vector<Helper> helpers;  // never moved: threads hold pointers to them
};

ThreadPool::ThreadPool(int workers) : workers_(std::clamp(workers, 1, kMaxWorkers)) {
  if (workers_ == 1) return;
  threads_ = std::make_unique<Threads>(workers_ - 1);
  workers_ = threads_->started + 1;
}

int ThreadPool::run_until(const Deadline& deadline, int first, int end, Item item) {
  const bool nested = threads_ != nullptr && current_job.pool == threads_.get();
  if (threads_ == nullptr || nested || end - first <= 1) {
    return run_inline(deadline, first, end, nested ? current_job.worker : 0, item);
  }
  return threads_->run(deadline, first, end, item);
}

#else

struct ThreadPool::Threads {};

ThreadPool::ThreadPool(int /*workers*/) {}

int ThreadPool::run_until(const Deadline& deadline, int first, int end, Item item) {
  return run_inline(deadline, first, end, 0, item);
}

#endif

ThreadPool::~ThreadPool() = default;

}  // namespace sotto
