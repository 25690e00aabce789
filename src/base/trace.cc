#include "base/trace.h"

#include <cstdio>

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
  char line[192];
  bool first = true;
  for (const TraceEvent& event : events_) {
    std::snprintf(line, sizeof line,
                  "%s{\"name\":\"%s\",\"ph\":\"X\",\"pid\":1,\"tid\":1,\"ts\":%.1f,\"dur\":%.1f}",
                  first ? "" : ",\n", event.name, event.start_ms * 1e3, event.duration_ms * 1e3);
    json += line;
    first = false;
  }
  json += "],\"otherData\":{\"dropped\":" + std::to_string(dropped_) + "}}\n";
  return json;
}

}  // namespace sotto
