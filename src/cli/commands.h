// The subcommands of `sotto`, one a file, each of which adds its arguments and what it does.
#pragma once

#include <string>

#include "base/status.h"

namespace sotto {

class CommandLine;

// What the process ends with.
enum ExitCode {
  kExitOk = 0,
  kExitFailure = 1,  // something could not be read, understood, computed or written
  kExitUsage = 2,    // arguments that make no sense
};

void add_convert_command(CommandLine& line);
void add_info_command(CommandLine& line);
void add_transcribe_command(CommandLine& line);

// Writes "sotto: SUBJECT: MESSAGE" to stderr and returns kExitFailure. A message that begins with
// the subject is not given it again.
int report_failure(const std::string& subject, const Status& status);

}  // namespace sotto
