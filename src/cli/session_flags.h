// What the command line says about decoding.
#pragma once

#include <CLI/CLI.hpp>

#include "engine.h"

namespace sotto {

// Flags of prompts, search, fallback and rules, whose values go to `session`, which must stay until
// the command line is parsed.
void add_session_options(CLI::App& command, SessionOptions& session);

}  // namespace sotto
