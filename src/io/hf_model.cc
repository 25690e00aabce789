#include "io/hf_model.h"

#include <algorithm>
#include <string>
#include <utility>

#include "io/hf_names.h"

namespace sotto {
namespace {

constexpr int kHeadSize = 64;
constexpr char kEmbedding[] = "decoder.token_embedding.weight";
constexpr char kOutput[] = "proj_out.weight";

// A dimension as an int that validate() will refuse where it is absurd, or 0 where there is none.
int dim(const ModelFile& file, const char* name, int rank, int index) {
  const TensorEntry* entry = file.find(name);
  if (entry == nullptr || entry->rank != rank) return 0;
  return static_cast<int>(entry->dims[static_cast<size_t>(index)]);
}

int count_layers(const ModelFile& file, const std::string& side) {
  int n = 0;
  while (file.find(side + ".blocks." + std::to_string(n) + ".mlp.0.weight") != nullptr) ++n;
  return n;
}

Status add_tensors(const std::vector<TensorEntry>& tensors, ModelFile& file) {
  const bool has_embedding =
      std::any_of(tensors.begin(), tensors.end(), [](const TensorEntry& entry) {
        return entry.name != kOutput && map_hf_name(entry.name) == kEmbedding;
      });
  for (const TensorEntry& tensor : tensors) {
    // Tied to the embedding; files hold one of them, or both.
    if (has_embedding && tensor.name == kOutput) continue;
    std::string name = map_hf_name(tensor.name);
    if (name.empty()) continue;
    if (name.ends_with(".key.bias")) {
      return mismatch(Code::kUnsupported, tensor.name, "no bias of keys, as in Whisper", "one");
    }
    if (file.find(name) != nullptr) {
      return Status(Code::kBadFormat, tensor.name + ": given twice");
    }
    file.tensors.push_back(tensor);
    file.tensors.back().name = std::move(name);
  }
  std::sort(
      file.tensors.begin(), file.tensors.end(),
      [](const TensorEntry& a, const TensorEntry& b) { return a.offset_bytes < b.offset_bytes; });
  return {};
}

}  // namespace

Result<ModelFile> make_hf_model(const std::vector<TensorEntry>& tensors, HfHeads heads) {
  ModelFile file;
  file.format = ModelFormat::kHuggingFace;
  SOTTO_TRY(add_tensors(tensors, file));
  Hyperparameters& hp = file.header.hp;
  hp.n_mels = dim(file, "encoder.conv1.weight", 3, 1);
  hp.n_audio_ctx = dim(file, "encoder.positional_embedding", 2, 0);
  hp.n_audio_state = dim(file, "encoder.positional_embedding", 2, 1);
  hp.n_audio_head = heads.encoder > 0 ? heads.encoder : hp.n_audio_state / kHeadSize;
  hp.n_audio_layer = count_layers(file, "encoder");
  hp.n_vocab = dim(file, kEmbedding, 2, 0);
  hp.n_text_ctx = dim(file, "decoder.positional_embedding", 2, 0);
  hp.n_text_state = dim(file, "decoder.positional_embedding", 2, 1);
  hp.n_text_head = heads.decoder > 0 ? heads.decoder : hp.n_text_state / kHeadSize;
  hp.n_text_layer = count_layers(file, "decoder");
  SOTTO_TRY(validate(hp));
  return file;
}

}  // namespace sotto
