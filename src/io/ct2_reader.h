// CTranslate2's Whisper models (`model.bin`). Little endian, nothing aligned:
//
//   | u32 version | string "WhisperSpec" | u32 revision |
//   | u32 count | count x variable |
//   | u32 count | count x ( string alias | string name of a variable ) |
//
//   string:   | u16 size | characters, the last one zero |
//   variable: | string name | u8 rank | u32 dims[rank] | u8 type | u32 size | data |
//
// type: 0 f32, 1 i8, 2 i16, 3 i32, 4 f16, 5 bf16. Integer weights have a companion
// NAME_scale with one f32 for each row (i8) or one for all (i16). Query, key and value stand in
// one matrix; so do key and value of the cross-attention. Equal tensors are stored once, the
// others are aliases. There is no vocabulary: it stands in files beside.
// Source: CTranslate2, python/ctranslate2/specs/model_spec.py and src/models/model.cc.
#pragma once

#include "io/model_file.h"

namespace sotto {

bool is_ct2(const uint8_t start[4]);

// Truncated, BadFormat or Unsupported, naming the variable, what was expected and what came.
// Variables that Whisper does not have are left out; the bias of the keys too, which is zero.
Result<ModelFile> read_ct2(ByteSource& source);

}  // namespace sotto
