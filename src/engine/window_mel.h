// The encoder's input for a window of the audio.
#pragma once

#include <cstdint>

#include "audio/log_mel.h"
#include "engine/audio_queue.h"
#include "engine/workspace.h"

namespace sotto {

// Fills workspace.encoder().mel() with `frames` frames of 10 ms, the first of which is centred on
// first_sample, from audio before end_sample, normalised by the loudest of them or by `loudest` if
// that is louder; returns what it was. Behind the audio the reference puts zeros into the
// normalised features, not silence (openai-whisper, transcribe.py, pad_or_trim); times and
// probabilities depend on it.
float fill_mel(Workspace& workspace, const AudioQueue& audio, int64_t first_sample,
               int64_t end_sample, int frames, float loudest);

}  // namespace sotto
