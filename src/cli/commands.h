// The subcommands of `sotto`, one a file, each of which adds its arguments and what it does.
#pragma once

#include <string>

#include "base/status.h"

namespace CLI {
class App;
}

namespace sotto {

// What the process ends with.
enum ExitCode {
  kExitOk = 0,
  kExitFailure = 1,  // something could not be read, understood, computed or written
  kExitUsage = 2,    // arguments that make no sense
};

// A command's work is done while the arguments are parsed; its outcome lands in `exit_code`.
void add_convert_command(CLI::App& app, int& exit_code);
void add_info_command(CLI::App& app, int& exit_code);
void add_transcribe_command(CLI::App& app, int& exit_code);

// Writes "sotto: SUBJECT: MESSAGE" to stderr and returns kExitFailure. A message that begins with
// the subject is not given it again.
int report_failure(const std::string& subject, const Status& status);

}  // namespace sotto
