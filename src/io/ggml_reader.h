// whisper.cpp's model files. Little endian:
//
//   | u32 magic | i32 hyperparameters[11] |                                     48 bytes
//   | i32 n_mels | i32 n_fft | f32 filters[n_mels * n_fft] |                    mel filters
//   | i32 count | count x ( u32 size | bytes ) |                                vocabulary
//   until the end of the file, the tensors:
//   | i32 rank | i32 name size | i32 type | i32 dims[rank] | name | data |
//
// dims are innermost first. The hyperparameters are n_vocab, n_audio_ctx, n_audio_state,
// n_audio_head, n_audio_layer, n_text_ctx, n_text_state, n_text_head, n_text_layer, n_mels, ftype;
// ftype / 1000 is the version of the quantised blocks.
// Source: whisper.cpp, models/convert-pt-to-ggml.py.
#pragma once

#include "io/model_file.h"

namespace sotto {

bool is_ggml(const uint8_t start[4]);

// Truncated, BadFormat or Unsupported, naming the field, what was expected and what came. The
// filters are skipped: they follow from n_mels (audio/log_mel.h).
Result<ModelFile> read_ggml(ByteSource& source);

}  // namespace sotto
