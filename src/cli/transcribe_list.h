// sotto transcribe --jsonl: the files that standard input lists, a line of JSON for each.
#pragma once

#include "cli/file_list.h"
#include "engine.h"

namespace sotto {

// Transcribes one file after another and writes each one's line to stdout before it reads the next
// one's name, so that another program can drive it. A file that fails has a line that says why, and
// the rest goes on. Returns the exit code, which tells whether any failed; stops where nobody takes
// the lines.
int transcribe_list(Engine& engine, const SessionOptions& session, FileList& list);

}  // namespace sotto
