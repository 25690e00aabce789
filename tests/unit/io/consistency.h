// What holds for every model that a reader accepts, whatever was done to its file.
#pragma once

#include <cstdint>

#include "io/model_file.h"

namespace sotto::test {

inline bool same_shape(const Hyperparameters& a, const Hyperparameters& b) {
  return a.n_mels == b.n_mels && a.n_audio_ctx == b.n_audio_ctx &&
         a.n_audio_state == b.n_audio_state && a.n_audio_head == b.n_audio_head &&
         a.n_audio_layer == b.n_audio_layer && a.n_vocab == b.n_vocab &&
         a.n_text_ctx == b.n_text_ctx && a.n_text_state == b.n_text_state &&
         a.n_text_head == b.n_text_head && a.n_text_layer == b.n_text_layer;
}

// Every tensor lies inside the file, in order, with the size that its shape asks for; what the
// header lists belongs to the model.
inline bool consistent(const ModelFile& model, uint64_t file_bytes) {
  const ModelHeader& header = model.header;
  bool ok = validate(header.hp).ok() &&
            header.vocabulary.size() <= static_cast<size_t>(header.hp.n_vocab);
  uint64_t last = 0;
  for (const TensorEntry& entry : model.tensors) {
    const Result<uint64_t> size = tensor_bytes(entry);
    ok = ok && size.ok() && size.value() == entry.size_bytes && entry.offset_bytes >= last &&
         entry.offset_bytes <= file_bytes && entry.size_bytes <= file_bytes - entry.offset_bytes;
    const uint64_t scales = uint64_t{entry.scale_count} * sizeof(float);
    ok = ok && (scales == 0 || entry.scale_offset_bytes <= file_bytes - scales);
    last = entry.offset_bytes;
  }
  return ok;
}

}  // namespace sotto::test
