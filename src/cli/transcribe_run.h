// One sound file through one session, with the bar and the outputs that watch it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/transcript_output.h"
#include "engine.h"

namespace sotto {

// Where the transcripts of one sound file go.
class TranscriptFiles {
 public:
  // To stdout in one format.
  static TranscriptFiles to_stdout(TranscriptFormat format, const OutputOptions& options);
  // To DIRECTORY/NAME.txt and so on. They appear under their names when they are complete.
  static Result<TranscriptFiles> in_directory(const std::string& directory, const std::string& name,
                                              const std::vector<TranscriptFormat>& formats,
                                              const OutputOptions& options);

  std::vector<TranscriptOutput>& outputs() { return outputs_; }
  // Gives the files their names; Io where something could not be written.
  Status commit();

 private:
  struct File;
  std::vector<std::shared_ptr<File>> files_;  // empty for stdout
  std::vector<TranscriptOutput> outputs_;
};

struct TranscribeRun {
  std::string file;  // path, or "-"
  SessionOptions session;
  std::string trace_path;  // where the Chrome trace goes; none where empty
};

// Transcribes run.file. Segments go to the outputs as they become final.
Status transcribe_file(Engine& engine, const TranscribeRun& run, TranscriptFiles& files);

}  // namespace sotto
