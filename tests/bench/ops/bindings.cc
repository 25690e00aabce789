// The ops as a WebAssembly module: ops(), flavour(), class Runner(index) with run(times). Times are
// taken by JavaScript, which knows when enough were taken (tests/bench/measure).
#include <emscripten/bind.h>

#include "bench/ops/op.h"
#include "simd/simd.h"

namespace sotto::bench {

namespace {

using emscripten::val;

val to_js(const Op& op) {
  val out = val::object();
  out.set("name", op.name);
  out.set("shape", op.shape);
  out.set("int8Mac", op.work.int8_mac);
  out.set("f32Mac", op.work.f32_mac);
  out.set("memoryBytes", op.work.memory_bytes);
  out.set("encoderRuns", op.encoder_runs);
  out.set("tokenRuns", op.token_runs);
  return out;
}

val ops() {
  val list = val::array();
  for (const Op& op : make_ops()) list.call<void>("push", to_js(op));
  return list;
}

std::string flavour() { return simd::flavour_name(simd::dot_flavour()); }

// Holds an op's inputs until it is deleted.
class Runner {
 public:
  explicit Runner(int index) : run_(make_ops()[index].prepare()) {}
  void run(int times) {
    for (int i = 0; i < times; ++i) run_();
  }

 private:
  std::function<void()> run_;
};

}  // namespace

EMSCRIPTEN_BINDINGS(sotto_bench) {
  emscripten::function("ops", &ops);
  emscripten::function("flavour", &flavour);
  emscripten::class_<Runner>("Runner").constructor<int>().function("run", &Runner::run);
}

}  // namespace sotto::bench
