// SessionOptions from a JavaScript object whose values the package has validated. What is missing
// is as it is in `options`.
#pragma once

#include <emscripten/val.h>

#include "engine.h"

namespace sotto {

SessionOptions parse_session_options(const emscripten::val& js, SessionOptions options = {});

}  // namespace sotto
