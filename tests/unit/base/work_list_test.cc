#include "base/work_list.h"

#include <doctest/doctest.h>

#include <string>

using namespace sotto;

TEST_CASE("work list: stages run in order, items once each") {
  std::string log;
  WorkList work;
  work.add("first", 2, 1.0, [&](int i, int) { log += "a" + std::to_string(i); });
  work.add("empty", 0, 1.0, [&](int, int) { log += "never"; });
  work.add("second", 3, 2.0, [&](int i, int) { log += "b" + std::to_string(i); });
  work.begin();
  CHECK(work.progress() == 0.0);
  CHECK(work.run(Deadline(), nullptr, nullptr));
  CHECK(log == "a0a1b0b1b2");
  CHECK(work.progress() == doctest::Approx(1.0));
  work.begin();
  CHECK_FALSE(work.done());
}

TEST_CASE("work list: an expired deadline still lets one item pass, so that work ends") {
  int done = 0;
  WorkList work;
  work.add("stage", 3, 1.0, [&](int, int) {
    const double begin_ms = now_ms();
    while (now_ms() - begin_ms < 1.0) {
    }
    ++done;
  });
  work.begin();
  CHECK_FALSE(work.run(Deadline(0.01), nullptr, nullptr));
  CHECK(done == 1);
  CHECK(work.progress() == doctest::Approx(1.0 / 3));
  CHECK_FALSE(work.run(Deadline(0.01), nullptr, nullptr));
  CHECK(work.run(Deadline(0.01), nullptr, nullptr));
  CHECK(done == 3);
}

TEST_CASE("trace: spans become complete events, and only so many are kept") {
  Trace trace(100.0);
  trace.add("mel", 101.0, 103.5);
  CHECK(trace.chrome_json().find("\"name\":\"mel\",\"ph\":\"X\"") != std::string::npos);
  CHECK(trace.chrome_json().find("\"ts\":1000,\"dur\":2500") != std::string::npos);
  for (size_t i = 0; i < Trace::kMaxEvents + 5; ++i) trace.add("x", 0, 0);
  CHECK(trace.events().size() == Trace::kMaxEvents);
  CHECK(trace.dropped() == 6);
}
