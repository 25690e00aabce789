// What took how long: named spans, kept in order, written as a Chrome trace (chrome://tracing,
// Perfetto). A Trace belongs to one session; code that can be traced takes a Trace*, and nullptr
// means that nobody asked. With SOTTO_TRACE=0 the spans compile to nothing.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/clock.h"

#ifndef SOTTO_TRACE
#define SOTTO_TRACE 1
#endif

namespace sotto {

struct TraceEvent {
  const char* name;  // a string literal
  double start_ms;   // from the trace's beginning
  double duration_ms;
};

class Trace {
 public:
  // Beyond this many spans (hours of audio) new ones are counted and dropped, so that a trace
  // cannot eat the memory of what it watches.
  static constexpr size_t kMaxEvents = 200'000;

  // Spans count from `begin_ms`, a value of now_ms().
  explicit Trace(double begin_ms = now_ms()) : begin_ms_(begin_ms) {}
  void add(const char* name, double start_ms, double end_ms);
  const std::vector<TraceEvent>& events() const { return events_; }
  size_t dropped() const { return dropped_; }
  // The Trace Event Format's JSON object with complete ("X") events in microseconds.
  std::string chrome_json() const;

 private:
  double begin_ms_;
  size_t dropped_ = 0;
  std::vector<TraceEvent> events_;
};

// Adds the span from its construction to its end.
class TraceScope {
 public:
#if SOTTO_TRACE
  TraceScope(Trace* trace, const char* name)
      : trace_(trace), name_(name), start_ms_(trace != nullptr ? now_ms() : 0) {}
  ~TraceScope() {
    if (trace_ != nullptr) trace_->add(name_, start_ms_, now_ms());
  }

 private:
  Trace* trace_;
  const char* name_;
  double start_ms_;
#else
  TraceScope(Trace*, const char*) {}
  ~TraceScope() {}
#endif
};

}  // namespace sotto
