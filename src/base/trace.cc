#include "base/trace.h"

#include "base/decimal.h"

namespace sotto {

void Trace::add(const char* name, double start_ms, double end_ms) {
  if (events_.size() >= kMaxEvents) {
    ++dropped_;
    return;
  }
  events_.push_back({name, start_ms - begin_ms_, end_ms - start_ms});
}

std::string Trace::chrome_json() const {
  std::string json = "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[";
  for (size_t i = 0; i < events_.size(); ++i) {
    const TraceEvent& event = events_[i];
    // Chrome counts in microseconds.
    json += std::string(i > 0 ? ",\n" : "") + "{\"name\":\"" + event.name +
            "\",\"ph\":\"X\",\"pid\":1,\"tid\":1,\"ts\":" + decimal(event.start_ms * 1e3, 1) +
            ",\"dur\":" + decimal(event.duration_ms * 1e3, 1) + "}";
  }
  json += "],\"otherData\":{\"dropped\":" + std::to_string(dropped_) + "}}\n";
  return json;
}

}  // namespace sotto
