// Which options a session takes.
#pragma once

#include "base/status.h"
#include "decode/fallback.h"
#include "engine.h"

namespace sotto {

// InvalidArgument names the first option that is out of range, what it may be and what it was.
Status validate_options(const SessionOptions& options, const Hyperparameters& hp);

// What of them the search of a window asks for.
FallbackOptions fallback_options(const SessionOptions& options);

}  // namespace sotto
