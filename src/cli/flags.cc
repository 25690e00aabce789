#include "cli/flags.h"

#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "cli/commands.h"

namespace sotto {
namespace {

// As CLI11 calls what stands under no other heading.
constexpr const char* kOptions = "Options";

template <typename T>
constexpr bool kIsVector = false;
template <typename T>
constexpr bool kIsVector<std::vector<T>> = true;

// Whether there is a default that help can tell.
template <typename T>
bool has_default(const T& value) {
  if constexpr (requires { value.empty(); }) {
    return !value.empty();
  } else if constexpr (requires { value.has_value(); }) {
    return value.has_value();
  } else if constexpr (std::is_floating_point_v<T>) {
    return std::isfinite(value);
  } else {
    return true;
  }
}

}  // namespace

Flag& Flag::required() {
  option_->required();
  return *this;
}

Flag& Flag::kind(const char* name) {
  option_->type_name(name);
  return *this;
}

Flag& Flag::from_environment(const char* variable) {
  option_->envname(variable);
  return *this;
}

Flag& Flag::one_of(std::initializer_list<const char*> words) {
  option_->check(CLI::IsMember(std::vector<std::string>(words.begin(), words.end())));
  return *this;
}

Flag& Flag::within(int least, int most) {
  option_->check(CLI::Range(least, most));
  return *this;
}

Flag& Flag::within(double least, double most) {
  option_->check(CLI::Range(least, most));
  return *this;
}

template <typename T>
Flag Flags::option(const char* names, T& value, const char* what) const {
  CLI::Option* option = command_->add_option(names, value, what)->group(heading_);
  if (kIsVector<T> && names[0] == '-') option->delimiter(',')->allow_extra_args(false);
  if (has_default(value)) option->capture_default_str();
  return Flag(option);
}

template Flag Flags::option(const char*, int&, const char*) const;
template Flag Flags::option(const char*, uint64_t&, const char*) const;
template Flag Flags::option(const char*, float&, const char*) const;
template Flag Flags::option(const char*, double&, const char*) const;
template Flag Flags::option(const char*, std::string&, const char*) const;
template Flag Flags::option(const char*, std::optional<float>&, const char*) const;
template Flag Flags::option(const char*, std::optional<double>&, const char*) const;
template Flag Flags::option(const char*, std::vector<int>&, const char*) const;
template Flag Flags::option(const char*, std::vector<float>&, const char*) const;
template Flag Flags::option(const char*, std::vector<double>&, const char*) const;
template Flag Flags::option(const char*, std::vector<std::string>&, const char*) const;

void Flags::toggle(const char* names, bool& value, const char* what) const {
  command_->add_flag(names, value, what)->group(heading_);
}

void Flags::either(const Alternative& one, const Alternative& other) const {
  CLI::Option* first = command_->add_flag_callback(one.name, one.given, one.what);
  CLI::Option* second = command_->add_flag_callback(other.name, other.given, other.what);
  first->group(heading_);
  second->group(heading_)->excludes(first);
}

CommandLine::CommandLine(const char* what)
    : app_(std::make_unique<CLI::App>(what)), exit_code_(kExitOk) {
  app_->require_subcommand(1);
}

CommandLine::~CommandLine() = default;

Flags CommandLine::add(const char* command, const char* what, std::function<int()> run) {
  CLI::App* added = app_->add_subcommand(command, what);
  added->callback([this, run = std::move(run)] { exit_code_ = run(); });
  return Flags(added, kOptions);
}

int CommandLine::run(int argc, const char* const* argv) {
  try {
    app_->parse(argc, argv);
  } catch (const CLI::Success& help) {
    return app_->exit(help);
  } catch (const CLI::ParseError& error) {
    std::fprintf(stderr, "sotto: %s (see sotto --help)\n", error.what());
    return kExitUsage;
  }
  return exit_code_;
}

}  // namespace sotto
