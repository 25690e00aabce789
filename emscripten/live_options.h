// Options of live text from JavaScript.
#pragma once

#include <emscripten/val.h>

#include "engine/live_session.h"

namespace sotto {

// Names are those of StreamOptions in camelCase, `vad`, foldMarginPositions, foldStride and, in the
// same object, those that parse_session_options() reads; what is missing keeps its default.
// `policy`: both, agreement or alignatt.
LiveOptions parse_live_options(const emscripten::val& js);

}  // namespace sotto
