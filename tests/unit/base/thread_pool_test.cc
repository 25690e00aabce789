#include "base/thread_pool.h"

#include <doctest/doctest.h>

#include <numeric>
#include <vector>

#include "base/work_list.h"

using namespace sotto;

namespace {

// Long enough that threads which sleep come up and share the items.
void spend_ms(double duration_ms) {
  const double end_ms = now_ms() + duration_ms;
  while (now_ms() < end_ms) {
  }
}

}  // namespace

TEST_CASE("thread pool: the number of workers is kept within its limits") {
  CHECK(ThreadPool(-3).workers() == 1);
  CHECK(ThreadPool(0).workers() == 1);
  CHECK(ThreadPool(1).workers() == 1);
#if SOTTO_THREADS
  CHECK(ThreadPool(3).workers() == 3);
#else
  CHECK(ThreadPool(3).workers() == 1);
#endif
}

TEST_CASE("thread pool: every item is done once, whatever their number") {
  for (int workers : {1, 2, 4}) {
    ThreadPool pool(workers);
    for (int items : {0, 1, 2, 3, 7, 64, 1000}) {
      std::vector<int> done(items, 0);
      std::vector<int> by(pool.workers(), 0);
      pool.run(items, [&](int i, int worker) {
        ++done[i];
        ++by[worker];
      });
      CAPTURE(workers);
      CAPTURE(items);
      CHECK(done == std::vector<int>(items, 1));
      CHECK(std::accumulate(by.begin(), by.end(), 0) == items);
    }
  }
}

TEST_CASE("thread pool: what items wrote is seen by the caller and by the next job") {
  ThreadPool pool(4);
  constexpr int kItems = 16, kJobs = 2000;
  std::vector<long> values(kItems, 0);
  long expected = 0;
  for (int job = 1; job <= kJobs; ++job) {
    // Each item reads what another worker may have written in the job before.
    std::vector<long> next(kItems);
    pool.run(kItems, [&](int i, int) { next[i] = values[(i + 1) % kItems] + job; });
    values = next;
    expected += job;
    // Now and then the threads are left to fall asleep.
    if (job % 500 == 0) spend_ms(2);
  }
  CHECK(values == std::vector<long>(kItems, expected));
}

TEST_CASE("thread pool: threads take part") {
  ThreadPool pool(2);
  std::vector<int> by(2, 0);
  // A thread that the system starts late may miss some jobs, but not all of them.
  for (int job = 0; job < 200 && (by[0] == 0 || by[pool.workers() - 1] == 0); ++job) {
    pool.run(8, [&](int, int worker) {
      spend_ms(0.5);
      ++by[worker];
    });
  }
  CHECK(by[0] > 0);
  CHECK(by[pool.workers() - 1] > 0);
}

TEST_CASE("thread pool: after the deadline no item is begun, and none is left out before it") {
  for (int workers : {1, 2, 4}) {
    ThreadPool pool(workers);
    constexpr int kItems = 500;
    std::vector<int> done(kItems, 0);
    int next = 0, calls = 0;
    while (next < kItems) {
      const int from = next;
      next = pool.run_until(Deadline(0.5), from, kItems, [&](int i, int) {
        spend_ms(0.05);
        ++done[i];
      });
      REQUIRE(next > from);
      REQUIRE(next <= kItems);
      for (int i = 0; i < kItems; ++i) REQUIRE(done[i] == (i < next ? 1 : 0));
      ++calls;
    }
    // 500 items of 0.05 ms on four workers take 6 ms, twelve times the budget.
    CHECK(calls > 2);
  }
}

TEST_CASE("thread pool: an expired deadline still lets an item pass") {
  ThreadPool pool(4);
  int count = 0;
  const Deadline expired(1e-6);
  spend_ms(0.01);
  const int next = pool.run_until(expired, 5, 5, [&](int, int) { ++count; });
  CHECK(next == 5);
  CHECK(count == 0);
  std::vector<int> done(100, 0);
  const int reached = pool.run_until(expired, 0, 100, [&](int i, int) { done[i] = 1; });
  CHECK(reached >= 1);
  // Each worker may have had one in its hands.
  CHECK(reached <= pool.workers());
  CHECK(std::accumulate(done.begin(), done.end(), 0) == reached);
}

TEST_CASE("thread pool: an item that calls the pool has its items done by its own worker") {
  ThreadPool pool(4);
  constexpr int kOuter = 8, kInner = 5;
  std::vector<int> wrong(kOuter, 0);
  std::vector<int> done(kOuter * kInner, 0);
  pool.run(kOuter, [&](int i, int worker) {
    pool.run(kInner, [&, i, worker](int j, int inner_worker) {
      ++done[i * kInner + j];
      if (inner_worker != worker) ++wrong[i];
    });
  });
  CHECK(done == std::vector<int>(kOuter * kInner, 1));
  CHECK(wrong == std::vector<int>(kOuter, 0));
}

TEST_CASE("thread pool: one pool's item may use another pool") {
  ThreadPool outer(2), inner(2);
  std::vector<int> done(20, 0);
  // The inner pool has one caller at a time.
  outer.run(1, [&](int, int) { inner.run(20, [&](int i, int) { ++done[i]; }); });
  CHECK(done == std::vector<int>(20, 1));
}

TEST_CASE("thread pool: pools come and go") {
  for (int i = 0; i < 20; ++i) {
    ThreadPool pool(4);
    int sum = 0;
    if (i % 2 == 0) pool.run(1, [&](int, int) { ++sum; });
    CHECK(sum == (i % 2 == 0 ? 1 : 0));
  }
}

TEST_CASE("work list: with a pool, each stage waits for the one before it") {
  for (int workers : {1, 2, 4}) {
    ThreadPool pool(workers);
    constexpr int kItems = 60;
    std::vector<int> first(kItems, 0), second(kItems, 0);
    WorkList work;
    work.add("first", kItems, 1.0, [&](int i, int) {
      spend_ms(0.02);
      ++first[i];
    });
    // Reads what other items of the first stage wrote.
    work.add("second", kItems, 1.0, [&](int i, int) { second[i] = first[kItems - 1 - i]; });
    for (int window = 0; window < 2; ++window) {
      first.assign(kItems, 0);
      second.assign(kItems, 0);
      work.begin();
      int slices = 1;
      for (; !work.run(Deadline(0.2), nullptr, &pool); ++slices) {
        CHECK(work.progress() > 0);
        CHECK(work.progress() < 1);
      }
      CHECK(slices > 1);
      CHECK(first == std::vector<int>(kItems, 1));
      CHECK(second == std::vector<int>(kItems, 1));
    }
  }
}
