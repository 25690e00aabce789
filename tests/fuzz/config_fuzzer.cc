// What stands beside the weights of a model's folder (cli/vocabulary_files.h, cli/model_path.h):
// the first byte of an input says whether it is config.json, generation_config.json or the index of
// several safetensors files.
#include <string>
#include <vector>

#include "cli/model_path.h"
#include "cli/vocabulary_files.h"
#include "fuzz/scratch_folder.h"
#include "fuzz/target.h"

namespace sotto::fuzz {
namespace {

constexpr const char* kFiles[] = {"config.json", "generation_config.json",
                                  "model.safetensors.index.json"};
constexpr size_t kIndex = 2;
constexpr int kMostId = 1'000'000;

// One tensor of one number, so that there is a file for an index to name.
std::vector<uint8_t> one_tensor() {
  const std::string header = R"({"x":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}})";
  std::vector<uint8_t> file(8);
  file[0] = static_cast<uint8_t>(header.size());
  file.insert(file.end(), header.begin(), header.end());
  file.resize(file.size() + 2);
  return file;
}

void check_lists(const ModelExtras& extras) {
  for (const auto* ids : {&extras.suppressed_tokens, &extras.suppressed_at_begin}) {
    for (const int id : *ids) require(id >= 0 && id < kMostId, "ids of tokens are in range");
  }
  for (const AlignmentHead& head : extras.alignment_heads) {
    require(head.layer >= 0 && head.layer < 1024 && head.head >= 0 && head.head < 1024,
            "layers and heads are in range");
  }
}

}  // namespace

bool run_config(Input input) {
  if (input.empty()) return false;
  static const ScratchFolder folders[2];
  static const bool written = [] {
    folders[0].write("model.safetensors", one_tensor());
    folders[1].write("part-1.safetensors", one_tensor());
    return true;
  }();
  (void)written;
  const size_t kind = input[0] % std::size(kFiles);
  const ScratchFolder& folder = folders[kind == kIndex];
  folder.write(kFiles[kind], input.subspan(1));
  const Result<ModelExtras> extras = read_model_lists(folder.path());
  const Result<OpenedModel> opened = open_model_at(folder.path().string());
  folder.remove(kFiles[kind]);
  require(extras.ok() || !extras.status().message().empty(), "an error has a message");
  if (extras.ok()) check_lists(extras.value());
  require(!opened.ok() && !opened.status().message().empty(), "one number is no model");
  // The first that is missed of a model whose files could be read.
  return extras.ok() && opened.status().message().starts_with("n_mels");
}

}  // namespace sotto::fuzz

SOTTO_FUZZ_TARGET(config)
