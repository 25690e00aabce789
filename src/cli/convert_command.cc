// sotto convert SRC DST: any model that is understood becomes a .sotto container.
#include <algorithm>
#include <filesystem>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cli/commands.h"
#include "cli/flags.h"
#include "cli/model_path.h"
#include "cli/progress.h"
#include "cli/vocabulary_files.h"
#include "io/file_io.h"
#include "io/model_file.h"
#include "io/sotto_writer.h"
#include "io/tiktoken.h"
#include "text/special_tokens.h"
#include "text/tokenizer.h"

namespace sotto {
namespace {

namespace fs = std::filesystem;

struct ConvertOptions {
  std::string source;
  std::string destination;
  std::string dtype = "q8";  // of the linear layers' weights: q8, f16 or f32
  std::string tokenizer;     // a .tiktoken file, or none
};

Result<std::vector<std::string>> read_tokens(const ConvertOptions& options,
                                             const fs::path& folder) {
  if (options.tokenizer.empty()) return read_vocabulary(folder);
  SOTTO_ASSIGN(FileSource file, FileSource::open(options.tokenizer));
  return read_tiktoken(file);
}

// Models of fewer decoder layers than the one they were distilled from keep its list of heads.
std::vector<AlignmentHead> heads_within(const std::vector<AlignmentHead>& heads,
                                        const Hyperparameters& hp) {
  std::vector<AlignmentHead> kept;
  std::copy_if(heads.begin(), heads.end(), std::back_inserter(kept), [&](const AlignmentHead& one) {
    return one.layer < hp.n_text_layer && one.head < hp.n_text_head;
  });
  return kept;
}

// What the weights' file does not say: the vocabulary, unless it has one and no other was asked
// for, and the lists that stand beside CTranslate2's and Hugging Face's weights.
Status complete_header(const ConvertOptions& options, const fs::path& folder, ModelFile& model) {
  ModelHeader& header = model.header;
  if (!options.tokenizer.empty() || header.vocabulary.empty()) {
    SOTTO_ASSIGN(header.vocabulary, read_tokens(options, folder));
  }
  // Special tokens follow from n_vocab; only the ordinary ones are kept.
  const auto ordinary = static_cast<size_t>(special_tokens(header.hp.n_vocab).end_of_text);
  if (header.vocabulary.size() > ordinary) header.vocabulary.resize(ordinary);
  SOTTO_ASSIGN(const Tokenizer tokenizer, Tokenizer::create(header.vocabulary, header.hp.n_vocab));
  (void)tokenizer;  // made only to know that it can be

  if (model.format != ModelFormat::kCTranslate2 && model.format != ModelFormat::kHuggingFace) {
    return {};
  }
  SOTTO_ASSIGN(ModelExtras extras, read_model_lists(folder));
  header.alignment_heads = heads_within(extras.alignment_heads, header.hp);
  header.suppressed_tokens = std::move(extras.suppressed_tokens);
  header.suppressed_at_begin = std::move(extras.suppressed_at_begin);
  return {};
}

Status convert(const ConvertOptions& options) {
  SOTTO_ASSIGN(OpenedModel opened, open_model_at(options.source));
  SOTTO_TRY(complete_header(options, opened.folder, opened.file));

  SOTTO_ASSIGN(FileSink sink, FileSink::create(options.destination));
  ProgressBar bar("convert");
  SottoOptions write_options;
  write_options.linear = options.dtype == "f32"   ? DType::kF32
                         : options.dtype == "f16" ? DType::kF16
                                                  : DType::kQ8Tiles;
  write_options.on_progress = [&](double fraction) {
    bar.update(fraction);
    return true;
  };
  SOTTO_TRY(write_sotto(*opened.source, opened.file, write_options, sink));
  return sink.commit();
}

}  // namespace

void add_convert_command(CommandLine& line) {
  auto options = std::make_shared<ConvertOptions>();
  const Flags flags = line.add("convert", "Turn a model into a .sotto container", [options] {
    const Status status = convert(*options);
    return status.ok() ? kExitOk : report_failure(options->source, status);
  });
  flags
      .option("source", options->source,
              "Folder of CTranslate2 or Hugging Face, or a file: model.bin, .safetensors, "
              "whisper.cpp's ggml .bin, .sotto")
      .required();
  flags.option("destination", options->destination, "The .sotto file to write").required();
  flags.option("--dtype", options->dtype, "Weights of linear layers").one_of({"q8", "f16", "f32"});
  flags
      .option("--tokenizer", options->tokenizer,
              "Vocabulary as a .tiktoken file, where the model brings none")
      .kind("FILE");
}

}  // namespace sotto
