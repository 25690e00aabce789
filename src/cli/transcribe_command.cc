// sotto transcribe [FILE...]: sound files to text, on one engine.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <utility>

#include "cli/commands.h"
#include "cli/file_list.h"
#include "cli/flags.h"
#include "cli/progress.h"
#include "cli/transcribe_flags.h"
#include "cli/transcribe_list.h"
#include "cli/transcribe_run.h"
#include "io/file_io.h"

namespace sotto {
namespace {

namespace fs = std::filesystem;

Result<std::unique_ptr<Engine>> load_engine(const TranscribeOptions& options) {
  SOTTO_ASSIGN(FileSource source, FileSource::open(options.model));
  ProgressBar bar("load");
  EngineOptions engine_options;
  engine_options.precision = options.precision == "f32" ? Precision::kF32 : Precision::kQ8;
  engine_options.threads = options.threads;
  engine_options.on_progress = [&](double fraction) {
    bar.update(fraction);
    return true;
  };
  return Engine::load(source, engine_options);
}

// Weights for --vad, which are there by default where the set-up made them. Without a wish for them
// it is no error that they are not.
int load_vad(const TranscribeOptions& options, Engine& engine) {
  const bool named = !options.vad_model.empty();
  const std::string path = named ? options.vad_model : kDefaultVadModel;
  if (options.session.vad == Vad::kOff) return kExitOk;
  if (options.session.vad == Vad::kAuto && !named && !fs::exists(path)) return kExitOk;
  Result<FileSource> source = FileSource::open(path);
  const Status status = source.ok() ? engine.load_vad(source.value()) : source.status();
  return status.ok() ? kExitOk : report_failure(path, status);
}

// Transcripts of all files in the order given; one that fails does not stop the others, and
// nothing of it is in the array that --json writes of several.
class Runner {
 public:
  Runner(const TranscribeOptions& options, Engine& engine)
      : options_(options), engine_(engine), formats_(options.formats()) {}

  int run() {
    const bool array = options_.json && options_.output_dir.empty() && options_.files.size() > 1;
    output_.captions = options_.captions;
    output_.before_json = array ? "[\n" : "";
    int exit_code = kExitOk;
    int succeeded = 0;
    for (const std::string& file : options_.files) {
      const Status status = run_one(file);
      if (!status.ok()) {
        report_failure(file, status);
        // A language that the model does not know, for one.
        const bool usage = status.code() == Code::kInvalidArgument;
        exit_code = std::max<int>(exit_code, usage ? kExitUsage : kExitFailure);
        continue;
      }
      if (array) output_.before_json = ",\n";
      ++succeeded;
    }
    if (array) std::fputs(succeeded > 0 ? "]\n" : "[]\n", stdout);
    return exit_code;
  }

 private:
  Status run_one(const std::string& file) {
    SOTTO_ASSIGN(TranscriptFiles outputs, open_outputs(file));
    TranscribeRun run{file, options_.session, options_.trace};
    run.session.trace = !options_.trace.empty();
    return transcribe_file(engine_, run, outputs);
  }

  Result<TranscriptFiles> open_outputs(const std::string& file) {
    if (options_.output_dir.empty()) return TranscriptFiles::to_stdout(formats_[0], output_);
    return TranscriptFiles::in_directory(options_.output_dir, output_name(file), formats_, output_);
  }

  const TranscribeOptions& options_;
  Engine& engine_;
  std::vector<TranscriptFormat> formats_;
  OutputOptions output_;
};

int transcribe(TranscribeOptions& options) {
  const std::string problem = usage_problem(options);
  if (!problem.empty()) {
    std::fprintf(stderr, "sotto: %s (see sotto transcribe --help)\n", problem.c_str());
    return kExitUsage;
  }
  options.session.task = options.task == "translate" ? Task::kTranslate : Task::kTranscribe;
  options.session.encoder_window =
      options.encoder_window == "full" ? EncoderWindow::kFull : EncoderWindow::kAuto;
  options.session.timestamps =
      options.timestamps == "none" ? Timestamps::kNone : Timestamps::kSegment;
  if (options.word_timestamps) options.session.timestamps = Timestamps::kWord;
  if (!options.output_dir.empty()) {
    std::error_code error;
    fs::create_directories(options.output_dir, error);
    if (error) {
      return report_failure(options.output_dir, Status(Code::kIo, error.message()));
    }
  }
  Result<std::unique_ptr<Engine>> engine = load_engine(options);
  if (!engine.ok()) return report_failure(options.model, engine.status());
  if (const int code = load_vad(options, *engine.value()); code != kExitOk) return code;
  if (!options.reads_list()) return Runner(options, *engine.value()).run();
  FileList list(stdin);
  return transcribe_list(*engine.value(), options.session, list);
}

}  // namespace

void add_transcribe_command(CommandLine& line) {
  auto options = std::make_shared<TranscribeOptions>();
  const Flags flags = line.add("transcribe", "Turn sound files into text",
                               [options] { return transcribe(*options); });
  add_transcribe_flags(flags, *options);
}

}  // namespace sotto
