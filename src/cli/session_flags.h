// What the command line says about decoding.
#pragma once

#include "cli/flags.h"
#include "engine.h"

namespace sotto {

// Flags of language, prompts, search, rules, words and silence, whose values go to `session`.
void add_session_options(const Flags& flags, SessionOptions& session);

}  // namespace sotto
