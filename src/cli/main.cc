// sotto: Whisper speech to text on the command line.
#include "cli/commands.h"
#include "cli/flags.h"

int main(int argc, char** argv) {
  sotto::CommandLine line("sotto: Whisper speech to text");
  sotto::add_transcribe_command(line);
  sotto::add_convert_command(line);
  sotto::add_info_command(line);
  return line.run(argc, argv);
}
