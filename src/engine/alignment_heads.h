// Which heads of the decoder's cross-attention follow the audio, token by token: what the times of
// words are read from.
#pragma once

#include <vector>

#include "io/model_file.h"

namespace sotto {

// Those that the model's file names, where it names any; else those that were found for the
// published model of this shape; else all heads of the upper half of the layers, as openai-whisper
// does (model.py, Whisper.__init__).
std::vector<AlignmentHead> alignment_heads(const ModelHeader& header);

}  // namespace sotto
