// whisper.cpp's model files (io/ggml_reader.h), from runs.
#include "fuzz/model_target.h"
#include "fuzz/runs.h"
#include "io/ggml_reader.h"

namespace sotto::fuzz {

bool run_ggml(Input input) {
  const std::vector<uint8_t> file = expand_runs(input);
  MemorySource source(file);
  if (file.size() < 8 || !is_ggml(file.data())) return false;
  return run_model(file, open_model(source));
}

}  // namespace sotto::fuzz

SOTTO_FUZZ_TARGET(ggml)
