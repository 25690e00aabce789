// What commands say of their flags and arguments. CLI11, which reads them, stays in flags.cc: a
// compiler takes ten seconds for its headers, and files that include this one do not pay them.
#pragma once

#include <functional>
#include <initializer_list>
#include <memory>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace sotto {

// A flag or an argument, to say more of it.
class Flag {
 public:
  explicit Flag(CLI::Option* option) : option_(option) {}

  Flag& required();
  // What is asked for, as the help calls it: "FILE".
  Flag& kind(const char* name);
  // The variable of the environment that is read where the flag is not given.
  Flag& from_environment(const char* variable);
  // Anything else is a usage error.
  Flag& one_of(std::initializer_list<const char*> words);
  Flag& within(int least, int most);
  Flag& within(double least, double most);

 private:
  CLI::Option* option_;
};

// The flags of a command that stand under one heading of its help.
class Flags {
 public:
  Flags(CLI::App* command, const char* heading) : command_(command), heading_(heading) {}

  // The same command's, under another heading.
  Flags under(const char* heading) const { return Flags(command_, heading); }

  // A flag ("-m,--model") or an argument ("files") with a value, which must stay until the command
  // has run. T: int, uint64_t, float, double, std::string, an optional or a vector. What `value`
  // holds is the default and is told, unless it is empty or infinite. Vectors are given by a flag
  // once, with commas between ("0,0.5"), and by an argument one after another.
  template <typename T>
  Flag option(const char* names, T& value, const char* what) const;
  // One that is given or not; "--word-cues,!--no-word-cues" says both.
  void toggle(const char* names, bool& value, const char* what) const;
  // Two that exclude each other, each of which does something when it is given.
  struct Alternative {
    const char* name;
    std::function<void()> given;
    const char* what;
  };
  void either(const Alternative& one, const Alternative& other) const;

 private:
  CLI::App* command_;
  const char* heading_;
};

// The program's commands.
class CommandLine {
 public:
  // `what`: what the help says of the program.
  explicit CommandLine(const char* what);
  ~CommandLine();

  // Adds a command and returns its flags, still to be told. `run` does its work, with all of them
  // read, and returns an exit code.
  Flags add(const char* command, const char* what, std::function<int()> run);
  // Reads the arguments and runs the command that they name. Prints help where it is asked for, and
  // to stderr what makes no sense. Returns what the process ends with.
  int run(int argc, const char* const* argv);

 private:
  std::unique_ptr<CLI::App> app_;
  int exit_code_;
};

}  // namespace sotto
