// SessionOptions from a JavaScript object whose values the package has validated. What is missing
// keeps its default.
#pragma once

#include <emscripten/val.h>

#include "engine.h"

namespace sotto {

SessionOptions parse_session_options(const emscripten::val& js);

}  // namespace sotto
