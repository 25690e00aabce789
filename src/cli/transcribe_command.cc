// sotto transcribe FILE...: sound files to text, on one engine.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <set>
#include <utility>

#include "base/thread_pool.h"
#include "cli/commands.h"
#include "cli/progress.h"
#include "cli/session_flags.h"
#include "cli/transcribe_run.h"
#include "io/file_io.h"

namespace sotto {
namespace {

namespace fs = std::filesystem;

// Where the set-up puts the model, seen from the project's folder.
constexpr const char* kDefaultModel = "models/tiny.en-q8.sotto";

// Where scripts/silero.mjs puts the weights that tell speech from silence.
constexpr const char* kDefaultVadModel = "models/silero_vad_16k.safetensors";

struct TranscribeOptions {
  std::vector<std::string> files;
  std::string model = kDefaultModel;
  std::string vad_model;
  std::string task = "transcribe";
  std::string timestamps = "segment";
  bool word_timestamps = false;
  std::string encoder_window = "auto";
  std::string precision = "q8";
  int threads = 1;
  std::string output_dir;
  std::string trace;
  bool text = false, srt = false, vtt = false, tsv = false, lrc = false;
  bool json = false, jsonl = false;
  CaptionOptions captions;
  SessionOptions session;

  std::vector<TranscriptFormat> formats() const {
    std::vector<TranscriptFormat> chosen;
    if (text) chosen.push_back(TranscriptFormat::kText);
    if (srt) chosen.push_back(TranscriptFormat::kSrt);
    if (vtt) chosen.push_back(TranscriptFormat::kVtt);
    if (tsv) chosen.push_back(TranscriptFormat::kTsv);
    if (lrc) chosen.push_back(TranscriptFormat::kLrc);
    if (json) chosen.push_back(TranscriptFormat::kJson);
    if (jsonl) chosen.push_back(TranscriptFormat::kJsonLines);
    if (chosen.empty()) chosen.push_back(TranscriptFormat::kText);
    return chosen;
  }
};

// Whether one file of this format is of one recording.
bool is_captions(TranscriptFormat format) {
  return format == TranscriptFormat::kSrt || format == TranscriptFormat::kVtt ||
         format == TranscriptFormat::kTsv || format == TranscriptFormat::kLrc;
}

// Name of a file's transcripts, without their endings.
std::string output_name(const std::string& file) {
  return file == "-" ? "stdin" : fs::path(file).stem().string();
}

// What the arguments ask for together and cannot have; empty where all is well.
std::string usage_problem(const TranscribeOptions& options) {
  const std::vector<TranscriptFormat> formats = options.formats();
  const bool several = options.files.size() > 1;
  if (options.output_dir.empty() && formats.size() > 1) {
    return "expected one of --text, --srt, --vtt, --tsv, --lrc, --json, --jsonl, or --output-dir "
           "for several";
  }
  if (options.output_dir.empty() && several && is_captions(formats[0])) {
    return "expected --output-dir for the captions of several files";
  }
  if (options.word_timestamps && options.timestamps == "none") {
    return "expected --timestamps segment with --word-timestamps";
  }
  if (options.captions.layout.max_line_count > 0 && options.captions.layout.max_line_width == 0) {
    return "expected --max-line-width with --max-line-count";
  }
  if (!options.trace.empty() && several) return "expected one file with --trace";
  std::set<std::string> names;
  for (const std::string& file : options.files) {
    if (!options.output_dir.empty() && !names.insert(output_name(file)).second) {
      return "expected files of different names, got " + output_name(file) + " twice";
    }
  }
  return "";
}

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
  return Runner(options, *engine.value()).run();
}

void add_output_options(CLI::App& command, TranscribeOptions& options) {
  command.add_flag("--text", options.text, "A line for each segment (the default)");
  command.add_flag("--srt", options.srt, "SubRip captions");
  command.add_flag("--vtt", options.vtt, "WebVTT captions");
  command.add_flag("--tsv", options.tsv, "Start and end in milliseconds and the text, with tabs");
  command.add_flag("--lrc", options.lrc, "Lines with their times, as for lyrics");
  command.add_flag("--json", options.json, "One JSON object; an array of them for several files");
  command.add_flag("--jsonl", options.jsonl, "A JSON object for each segment as it is ready");
  command
      .add_option("-o,--output-dir", options.output_dir,
                  "Write NAME.txt and so on there instead of to stdout; takes several formats")
      ->type_name("DIR");
  command
      .add_option("--trace", options.trace,
                  "Write the time of every stage as a Chrome trace (opens in Perfetto)")
      ->type_name("FILE");
}

void add_caption_options(CLI::App& command, CaptionOptions& options) {
  constexpr const char* kCaptions = "Captions (SRT, VTT, TSV, LRC)";
  const CLI::Range counts(0, 10'000);
  command
      .add_option("--max-line-width", options.layout.max_line_width,
                  "Characters of a line; 0 for any number")
      ->group(kCaptions)
      ->check(counts)
      ->capture_default_str();
  command
      .add_option("--max-line-count", options.layout.max_line_count,
                  "Lines of a caption; 0 for any number")
      ->group(kCaptions)
      ->check(counts)
      ->capture_default_str();
  command
      .add_option("--max-caption-s", options.layout.max_caption_s,
                  "Seconds that a caption stands; 0 for any time")
      ->group(kCaptions)
      ->check(CLI::Range(0.0, 1e6))
      ->capture_default_str();
  command
      .add_flag("--word-cues,!--no-word-cues", options.word_cues,
                "Times of words in WebVTT, where they are known (the default)")
      ->group(kCaptions);
}

void add_decoding_options(CLI::App& command, TranscribeOptions& options) {
  SessionOptions& session = options.session;
  command
      .add_option("-l,--language", session.language,
                  "Language spoken, as a code or a name; auto to detect it")
      ->capture_default_str();
  command.add_option("--task", options.task, "What to write: the words, or English")
      ->check(CLI::IsMember({"transcribe", "translate"}))
      ->capture_default_str();
  command.add_option("--timestamps", options.timestamps, "Times of phrases, or of 30 s windows")
      ->check(CLI::IsMember({"segment", "none"}))
      ->capture_default_str();
  command.add_flag("--word-timestamps", options.word_timestamps,
                   "Times of words, too; --json and --jsonl write them");
  command
      .add_option("--encoder-window", options.encoder_window,
                  "What of a 30 s window is encoded: the audio with its padding folded, or all")
      ->check(CLI::IsMember({"auto", "full"}))
      ->capture_default_str();
  command.add_option("--precision", options.precision, "How weights are held in memory")
      ->check(CLI::IsMember({"q8", "f32"}))
      ->capture_default_str();
  command
      .add_option("--threads", options.threads,
                  "Threads to compute on, best as many as there are physical cores")
      ->check(CLI::Range(1, ThreadPool::kMaxWorkers))
      ->capture_default_str();
}

}  // namespace

void add_transcribe_command(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("transcribe", "Turn sound files into text");
  auto options = std::make_shared<TranscribeOptions>();
  command->add_option("files", options->files, "WAV, FLAC, Ogg or MP3 files; - for standard input")
      ->required();
  command->add_option("-m,--model", options->model, "The model: .sotto, ggml or model.bin")
      ->envname("SOTTO_MODEL")
      ->capture_default_str();
  command
      ->add_option("--vad-model", options->vad_model,
                   std::string("Weights of Silero VAD, which tell speech from silence; ") +
                       kDefaultVadModel + " where it exists")
      ->envname("SOTTO_VAD_MODEL")
      ->type_name("FILE");
  add_output_options(*command, *options);
  add_caption_options(*command, options->captions);
  add_decoding_options(*command, *options);
  add_session_options(*command, options->session);
  command->callback([options, &exit_code] { exit_code = transcribe(*options); });
}

}  // namespace sotto
