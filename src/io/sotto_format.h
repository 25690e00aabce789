// The .sotto container: a Whisper model as the engine wants it. Little endian.
//
//   header, zero-padded to a multiple of 64 bytes
//     |  0 | u8  magic[8]                                                              |
//     |  8 | u32 version, 1                | 12 | u32 tensors                           |
//     | 16 | u64 header_bytes              | 24 | u64 file_bytes                        |
//     | 32 | u64 header checksum: XXH64 of the whole header, these eight bytes zero      |
//     | 40 | u32 n_mels, n_audio_ctx, n_audio_state, n_audio_head, n_audio_layer,        |
//     |    |     n_vocab, n_text_ctx, n_text_state, n_text_head, n_text_layer            |
//     | 80 | u32 tokens                    | 84 | u32 alignment heads                   |
//     | 88 | u32 suppressed tokens         | 92 | u32 tokens suppressed at the beginning |
//     | 96 | tokens:          u16 size, bytes                                            |
//     |    | alignment heads: u16 layer, u16 head                                        |
//     |    | suppressed:      u32 token, those at the beginning after the others         |
//     |    | tensor table:    u16 size, name, u32 type (DType), u32 rank, u32 dims[4],   |
//     |    |                  u64 offset, u64 size, u64 checksum                         |
//   data
//     | tensor 0, zero-padded to 64 bytes | tensor 1, ... |
//
// The data begins where the header ends, tensors follow one another in the order of the table
// without a gap, and the file ends with the last: every byte belongs to one checksum, so that no
// flipped bit, lost tail or appended byte goes unseen. A tensor's checksum is the XXH64 of its
// data and padding. Types are f32, f16 and int8 tiles (quant/formats.h); unused dims are 1.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sotto {

// As in PNG: 0x1a ends a text on some terminals, and line-end conversion would change the rest.
inline constexpr uint8_t kSottoMagic[8] = {'s', 'o', 't', 't', 'o', 0x1a, '\r', '\n'};
inline constexpr uint32_t kSottoVersion = 1;
inline constexpr size_t kSottoChecksumOffset_bytes = 32;
inline constexpr size_t kSottoFixedHeader_bytes = 96;

// Limits that writer and reader share. Names have below 50 bytes in Whisper, tokens at most 128;
// large-v3 has 1259 tensors and a header of about 1 MB.
inline constexpr size_t kSottoMaxName_bytes = 256;
inline constexpr size_t kSottoMaxToken_bytes = 4096;
inline constexpr uint32_t kSottoMaxTensors = 16 * 1024;
inline constexpr uint64_t kSottoMaxHeader_bytes = 64 * 1024 * 1024;

}  // namespace sotto
