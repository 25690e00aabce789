#include "engine/window_mel.h"

#include <algorithm>

namespace sotto {

float fill_mel(Workspace& workspace, const AudioQueue& audio, int64_t first_sample,
               int64_t end_sample, int frames, float loudest) {
  const int64_t begin = std::max<int64_t>(first_sample - kHalfFft_samples, 0);
  const MatrixF32 mel = workspace.encoder().mel();
  workspace.log_mel().log_energies(audio.view(begin, end_sample - begin), first_sample - begin,
                                   mel);
  loudest = std::max(loudest, max_energy(mel));
  normalize_log_mel(mel, loudest);
  for (int r = frames; r < mel.rows; ++r) std::fill_n(mel.row(r), mel.cols, 0.0f);
  return loudest;
}

}  // namespace sotto
