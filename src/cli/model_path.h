// The model that a path of the command line means: a file, or a folder as CTranslate2 or Hugging
// Face publish them.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "io/model_file.h"

namespace sotto {

struct OpenedModel {
  std::unique_ptr<ByteSource> source;  // what the tensors' offsets count in
  ModelFile file;
  std::filesystem::path folder;  // where the files beside the weights are
};

// A folder's weights are model.bin, model.safetensors, or the files that
// model.safetensors.index.json lists. Errors as of open_model; Io where nothing is there to read,
// BadFormat where config.json or the index are not what transformers writes.
Result<OpenedModel> open_model_at(const std::string& path);

}  // namespace sotto
