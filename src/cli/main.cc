// sotto: Whisper speech to text on the command line.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "cli/commands.h"

int main(int argc, char** argv) {
  CLI::App app("sotto: Whisper speech to text");
  app.require_subcommand(1);
  int exit_code = sotto::kExitOk;
  sotto::add_transcribe_command(app, exit_code);
  sotto::add_convert_command(app, exit_code);
  sotto::add_info_command(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    std::fprintf(stderr, "sotto: %s (see sotto --help)\n", error.what());
    return sotto::kExitUsage;
  }
  return exit_code;
}
