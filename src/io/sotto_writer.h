// Writes .sotto containers (sotto_format.h) from a model of any format.
#pragma once

#include <functional>

#include "base/status.h"
#include "io/model_file.h"

namespace sotto {

// Where bytes go to. Not owned by those who write to it.
class ByteSink {
 public:
  virtual ~ByteSink() = default;
  // Writes `size` bytes at `offset`, growing what is there; Io where the host refuses.
  virtual Status write_at(uint64_t offset, const void* bytes, size_t size) = 0;
};

struct SottoOptions {
  // How the weights of linear layers are stored: kQ8Tiles, kF16 or kF32.
  DType linear = DType::kQ8Tiles;
  // Called after each tensor with the fraction done in [0, 1]; returning false cancels.
  std::function<bool(double fraction)> on_progress = nullptr;
};

// True for weights of linear layers, the token embedding among them: what is named "*.weight" and
// has two dimensions. Everything else (norms, biases, convolutions, positions) is small and stays
// f16 where the source has f16, and becomes f32 otherwise.
bool is_linear_weight(const TensorEntry& entry);

// Writes `model`, whose header may have been completed since it was opened, with the tensors that
// `source` holds. Needs the memory of one tensor at a time. InvalidArgument for other types than
// those above, BadFormat where the header does not fit the format's limits; else errors of reading
// and writing, and Cancelled. On an error the sink holds no valid model, because the header is
// written last.
Status write_sotto(ByteSource& source, const ModelFile& model, const SottoOptions& options,
                   ByteSink& sink);

}  // namespace sotto
