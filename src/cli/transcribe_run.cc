#include "cli/transcribe_run.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "cli/audio_file.h"
#include "cli/progress.h"
#include "io/file_io.h"

namespace sotto {
namespace {

// Often enough for a bar, seldom enough to cost nothing.
constexpr double kSlice_ms = 50;
constexpr size_t kBlock_samples = 16 * 1024;
// Length of the window whose progress the session tells.
constexpr double kWindow_s = 30;

Status io_error(const std::string& path, const char* doing) {
  const int error = errno;
  return Status(Code::kIo, path + ": cannot " + doing + ": " + std::strerror(error));
}

std::string seconds(double time_s) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.1f s", time_s);
  return text;
}

// Pushes the next block, or says that there is none.
Status feed(AudioFile& audio, std::vector<float>& block, Session& session) {
  SOTTO_ASSIGN(const size_t count, audio.read(block));
  if (count == 0) return session.finish();
  return session.push(std::span(block).first(count), audio.sample_rate_hz());
}

void show_progress(const Session& session, double duration_s, ProgressBar& bar) {
  if (duration_s <= 0) return;
  const double now_s =
      std::min(session.position_s() + session.window_progress() * kWindow_s, duration_s);
  bar.update(now_s / duration_s, seconds(now_s) + " of " + seconds(duration_s));
}

Status write_trace(const std::string& path, const std::string& json) {
  const FileHandle file(std::fopen(path.c_str(), "wb"));
  if (file == nullptr) return io_error(path, "create");
  if (std::fwrite(json.data(), 1, json.size(), file.get()) != json.size() ||
      std::fflush(file.get()) != 0) {
    return io_error(path, "write");
  }
  return {};
}

}  // namespace

// Deleted again unless it was committed.
struct TranscriptFiles::File {
  std::string path;
  std::string partial;
  FileHandle handle;

  ~File() {
    if (handle == nullptr) return;
    handle.reset();
    std::remove(partial.c_str());
  }
  Status commit() {
    // What is left in the buffer is written now, and may fail as any write.
    if (std::fclose(handle.release()) != 0) {
      const Status status = io_error(partial, "write");
      std::remove(partial.c_str());
      return status;
    }
    if (std::rename(partial.c_str(), path.c_str()) != 0) return io_error(path, "write");
    return {};
  }
};

TranscriptFiles TranscriptFiles::to_stdout(TranscriptFormat format, const OutputOptions& options) {
  TranscriptFiles files;
  files.outputs_.emplace_back(format, stdout, options);
  return files;
}

Result<TranscriptFiles> TranscriptFiles::in_directory(const std::string& directory,
                                                      const std::string& name,
                                                      const std::vector<TranscriptFormat>& formats,
                                                      const OutputOptions& options) {
  TranscriptFiles files;
  for (const TranscriptFormat format : formats) {
    auto file = std::make_shared<File>();
    file->path =
        (std::filesystem::path(directory) / name).string() + "." + format_extension(format);
    file->partial = file->path + ".partial";
    file->handle.reset(std::fopen(file->partial.c_str(), "wb"));
    if (file->handle == nullptr) return io_error(file->partial, "create");
    files.outputs_.emplace_back(format, file->handle.get(), options);
    files.files_.push_back(std::move(file));
  }
  return files;
}

Status TranscriptFiles::commit() {
  for (const TranscriptOutput& output : outputs_) SOTTO_TRY(output.status());
  for (const std::shared_ptr<File>& file : files_) SOTTO_TRY(file->commit());
  return {};
}

Status transcribe_file(Engine& engine, const TranscribeRun& run, TranscriptFiles& files) {
  SOTTO_ASSIGN(const std::unique_ptr<Session> session, engine.new_session(run.session));
  SOTTO_ASSIGN(const std::unique_ptr<AudioFile> audio, AudioFile::open(run.file));
  ProgressBar bar("transcribe");
  std::vector<float> block(kBlock_samples);
  size_t written = 0;
  for (TranscriptOutput& output : files.outputs()) output.begin();
  while (!session->done()) {
    if (session->wants_audio()) SOTTO_TRY(feed(*audio, block, *session));
    SOTTO_TRY(session->step(kSlice_ms));
    const std::vector<Segment>& segments = session->segments();
    if (written < segments.size()) bar.clear();
    for (; written < segments.size(); ++written) {
      for (TranscriptOutput& output : files.outputs()) {
        output.segment(run.file, segments[written]);
      }
    }
    show_progress(*session, audio->duration_s(), bar);
  }
  bar.clear();
  const TranscriptResult result{run.file, session->language(), session->language_probability(),
                                &session->segments(), session->timings()};
  for (TranscriptOutput& output : files.outputs()) output.finish(result);
  if (!run.trace_path.empty()) SOTTO_TRY(write_trace(run.trace_path, session->trace_json()));
  return files.commit();
}

}  // namespace sotto
