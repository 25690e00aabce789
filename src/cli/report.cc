#include <cstdio>

#include "cli/commands.h"

namespace sotto {

int report_failure(const std::string& subject, const Status& status) {
  const std::string& message = status.message();
  const std::string prefix = message.starts_with(subject) ? "" : subject + ": ";
  std::fprintf(stderr, "sotto: %s%s\n", prefix.c_str(), message.c_str());
  return kExitFailure;
}

}  // namespace sotto
