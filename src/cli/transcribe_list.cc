#include "cli/transcribe_list.h"

#include <cstdio>
#include <optional>
#include <string>

#include "cli/commands.h"
#include "cli/transcribe_run.h"
#include "cli/transcript_output.h"

namespace sotto {
namespace {

Status transcribe_one(Engine& engine, const SessionOptions& session, const ListedFile& file) {
  OutputOptions options;
  options.input = file.object;
  TranscriptFiles out = TranscriptFiles::to_stdout(TranscriptFormat::kJsonFiles, options);
  return transcribe_file(engine, {file.path, session, ""}, out);
}

}  // namespace

int transcribe_list(Engine& engine, const SessionOptions& session, FileList& list) {
  // Options that the model cannot serve would fail for every file.
  if (const auto trial = engine.new_session(session); !trial.ok()) {
    report_failure("options", trial.status());
    return trial.status().code() == Code::kInvalidArgument ? kExitUsage : kExitFailure;
  }
  int exit_code = kExitOk;
  while (std::optional<Result<ListedFile>> next = list.next()) {
    const ListedFile file = next->ok() ? next->value() : ListedFile{};
    const Status status = next->ok() ? transcribe_one(engine, session, file) : next->status();
    if (std::ferror(stdout) == 0 && !status.ok()) {
      exit_code = kExitFailure;
      std::fputs(failure_line(file.path, status, file.object).c_str(), stdout);
      std::fflush(stdout);
    }
    if (std::ferror(stdout) != 0) {
      return report_failure("standard output", Status(Code::kIo, "cannot write the transcripts"));
    }
  }
  if (!list.status().ok()) return report_failure("standard input", list.status());
  return exit_code;
}

}  // namespace sotto
