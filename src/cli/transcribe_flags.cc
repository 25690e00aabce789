#include "cli/transcribe_flags.h"

#include <filesystem>
#include <set>

#include "base/thread_pool.h"
#include "cli/session_flags.h"

namespace sotto {
namespace {

// Whether one file of this format is of one recording.
bool is_captions(TranscriptFormat format) {
  return format == TranscriptFormat::kSrt || format == TranscriptFormat::kVtt ||
         format == TranscriptFormat::kTsv || format == TranscriptFormat::kLrc;
}

void add_output_flags(const Flags& flags, TranscribeOptions& options) {
  flags.toggle("--text", options.text, "A line for each segment (the default)");
  flags.toggle("--srt", options.srt, "SubRip captions");
  flags.toggle("--vtt", options.vtt, "WebVTT captions");
  flags.toggle("--tsv", options.tsv, "Start and end in milliseconds and the text, with tabs");
  flags.toggle("--lrc", options.lrc, "Lines with their times, as for lyrics");
  flags.toggle("--json", options.json, "One JSON object; an array of them for several files");
  flags.toggle("--jsonl", options.jsonl,
               "A JSON object for each segment as it is ready; without FILES, reads their names "
               "from standard input, a line each, and writes an object for each file");
  flags
      .option("-o,--output-dir", options.output_dir,
              "Write NAME.txt and so on there instead of to stdout; takes several formats")
      .kind("DIR");
  flags
      .option("--trace", options.trace,
              "Write the time of every stage as a Chrome trace (opens in Perfetto)")
      .kind("FILE");
}

void add_caption_flags(const Flags& flags, CaptionOptions& options) {
  constexpr int kMost = 10'000;
  flags
      .option("--max-line-width", options.layout.max_line_width,
              "Characters of a line; 0 for any number")
      .within(0, kMost);
  flags
      .option("--max-line-count", options.layout.max_line_count,
              "Lines of a caption; 0 for any number")
      .within(0, kMost);
  flags
      .option("--max-caption-s", options.layout.max_caption_s,
              "Seconds that a caption stands; 0 for any time")
      .within(0.0, 1e6);
  flags.toggle("--word-cues,!--no-word-cues", options.word_cues,
               "Times of words in WebVTT, where they are known (the default)");
}

void add_decoding_flags(const Flags& flags, TranscribeOptions& options) {
  flags.option("-l,--language", options.session.language,
               "Language spoken, as a code or a name; auto to detect it");
  flags.option("--task", options.task, "What to write: the words, or English")
      .one_of({"transcribe", "translate"});
  flags.option("--timestamps", options.timestamps, "Times of phrases, or of 30 s windows")
      .one_of({"segment", "none"});
  flags.toggle("--word-timestamps", options.word_timestamps,
               "Times of words, too; --json and --jsonl write them");
  flags
      .option("--encoder-window", options.encoder_window,
              "What of a 30 s window is encoded: the audio with its padding folded, or all")
      .one_of({"auto", "full"});
  flags.option("--precision", options.precision, "How weights are held in memory")
      .one_of({"q8", "f32"});
  flags
      .option("--threads", options.threads,
              "Threads to compute on, best as many as there are physical cores")
      .within(1, ThreadPool::kMaxWorkers);
}

}  // namespace

std::vector<TranscriptFormat> TranscribeOptions::formats() const {
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

std::string output_name(const std::string& file) {
  return file == "-" ? "stdin" : std::filesystem::path(file).stem().string();
}

std::string usage_problem(const TranscribeOptions& options) {
  const std::vector<TranscriptFormat> formats = options.formats();
  const bool several = options.files.size() > 1;
  const bool only_jsonl = formats == std::vector{TranscriptFormat::kJsonLines};
  if (options.reads_list() &&
      !(only_jsonl && options.output_dir.empty() && options.trace.empty())) {
    return "expected sound files; with --jsonl alone, standard input lists them";
  }
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

void add_transcribe_flags(const Flags& flags, TranscribeOptions& options) {
  flags.option("files", options.files, "WAV, FLAC, Ogg or MP3 files; - for standard input");
  flags.option("-m,--model", options.model, "The model: .sotto, ggml or model.bin")
      .from_environment("SOTTO_MODEL");
  const std::string where_vad_is =
      std::string("Weights of Silero VAD, which tell speech from silence; ") + kDefaultVadModel +
      " where it exists";
  flags.option("--vad-model", options.vad_model, where_vad_is.c_str())
      .from_environment("SOTTO_VAD_MODEL")
      .kind("FILE");
  add_output_flags(flags, options);
  add_caption_flags(flags.under("Captions (SRT, VTT, TSV, LRC)"), options.captions);
  add_decoding_flags(flags, options);
  add_session_options(flags, options.session);
}

}  // namespace sotto
